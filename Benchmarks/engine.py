#!/usr/bin/env python3
"""The cases of the engine's speed: what a packet costs, and that it costs no more where there is more around it.

usage: engine.py --vrfsim PATH [--runs 3] [--json FILE] [--only CASE]

Each figure is processor time of the program (or what its name says, where files are written), of a run with many packets less that of
one with few, for each routed hop or packet; the median of the runs, and how far they are apart. Ratios are of two cases that were run in
turn. UDP frames of 100 bytes, neighbors learned, nothing traced. Senders and receivers are counted with the hops. There are so many packets
that what building the network takes, a little more or less each time, does not matter.
"""
import argparse, json, lzma, os, random, statistics, sys, tempfile
from networks import bridge, line, masquerading, namespaces, neighbors, pairs, run, table

FOLDER = os.path.dirname(os.path.abspath(__file__))
FEW = 1_000
MASQUERADE = ['iptables -t nat -A POSTROUTING -o east -j MASQUERADE', 'iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT']


def prefixes():
    """The IPv4 prefixes of a full table of the Internet."""
    with lzma.open(os.path.join(FOLDER, 'Peers', 'PrefixTables', 'prefixes.txt.xz'), 'rt') as file:
        return [line.strip() for line in file if ':' not in line]


class Bench:
    def __init__(self, options):
        self.options = options
        self.rows = []

    def wants(self, name):
        return self.options.only is None or self.options.only in name

    def once(self, scenario, captures):
        """What a run takes; with captures in a new folder inside `captures`, which is removed afterwards."""
        if captures is None:
            return run(self.options.vrfsim, scenario)
        with tempfile.TemporaryDirectory(dir=captures) as folder:
            return run(self.options.vrfsim, scenario, '--pcap', os.path.join(folder, 'captures'))

    def cost(self, make, packets, hops, clock=lambda used: used.user, captures=None):
        """Nanoseconds for each hop of the packets: `make` makes the scenario for a number of packets."""
        seconds = []
        for number in (FEW, packets):
            scenario = make(number)
            # The less of two: what else the machine does only adds.
            seconds.append(min(clock(self.once(scenario, captures)) for _ in range(2)))
        return (seconds[1] - seconds[0]) * 1e9 / (packets - FEW) / hops

    def compare(self, name, unit, measured, base, bound):
        """Runs two measurements in turn and keeps their ratio; `bound` is what it should not exceed, None for none."""
        ours, others = [], []
        for _ in range(self.options.runs):
            others.append(base())
            ours.append(measured())
        row = {'case': name, 'unit': unit, 'value': statistics.median(ours), 'least': min(ours), 'most': max(ours),
               'base': statistics.median(others), 'ratio': statistics.median(a / b for a, b in zip(ours, others)), 'bound': bound}
        self.rows.append(row)
        self.show(row)

    def keep(self, name, unit, measured, bound=None):
        values = [measured() for _ in range(self.options.runs)]
        row = {'case': name, 'unit': unit, 'value': statistics.median(values), 'least': min(values), 'most': max(values), 'bound': bound}
        self.rows.append(row)
        self.show(row)

    def show(self, row):
        ratio = '%5.2f times %.4g' % (row['ratio'], row['base']) if 'ratio' in row else ''
        print('| %-52s | %8.4g %-9s | %.4g .. %.4g | %s' % (row['case'], row['value'], row['unit'], row['least'], row['most'], ratio), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--vrfsim', required=True)
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--json')
    parser.add_argument('--only', help='cases whose name has these words')
    options = parser.parse_args()
    bench = Bench(options)
    ten = lambda: bench.cost(lambda count: line(10, count), 300_000, 10)

    # Before the others: what this script holds itself when it starts a program counts as the program's memory.
    if bench.wants('namespaces'):
        memory = []

        def created(count):
            used = run(options.vrfsim, namespaces(count))
            memory.append(used.memory)
            return (used.user + used.system) * 1e6 / count
        bench.compare('10,000 namespaces made, addressed and pinged', 'us each', lambda: created(10_000), lambda: created(1_000), 1.5)
        print('| %-52s | %8.4g MB' % ('their memory', max(memory)))
    if bench.wants('line of 10 routers'):
        bench.keep('line of 10 routers', 'ns/hop', ten)
    if bench.wants('captures'):
        elapsed = lambda used: used.elapsed
        # 22 frames a packet: each cable has two ends.
        frames = lambda clock, captures: bench.cost(lambda count: line(10, count), 100_000, 22, clock, captures)
        bench.compare('captures of all interfaces, the time that passes', 'ns/frame',
                      lambda: frames(elapsed, tempfile.gettempdir()), lambda: frames(elapsed, None), None)
        bench.compare('processor time of both threads and the system', 'ns/frame',
                      lambda: frames(lambda used: used.user + used.system, tempfile.gettempdir()), lambda: ten() * 10 / 22, None)
        if os.path.isdir('/dev/shm'):
            bench.compare('captures into files in memory, the time that passes', 'ns/frame',
                          lambda: frames(elapsed, '/dev/shm'), lambda: frames(elapsed, None), None)
    if bench.wants('line of 1,000 routers'):
        bench.compare('line of 1,000 routers', 'ns/hop', lambda: bench.cost(lambda count: line(1_000, count, 250), 12_000, 250), ten, 1.5)
    if bench.wants('VRFs'):
        one = lambda: bench.cost(lambda count: pairs(1, count, 3), 1_200_000, 1)
        bench.compare('1,000 VRFs of 100 routes, packets in all in turn', 'ns/packet',
                      lambda: bench.cost(lambda count: pairs(1_000, count, 100), 1_201_000, 1), one, 1.5)
    if bench.wants('full table'):
        full = prefixes()
        draw = random.Random(1)
        many = 4_000_000
        destinations = [prefix.split('/')[0] for prefix in draw.sample([p for p in full if p.endswith('/24')], 64)]
        small = lambda: bench.cost(lambda count: table(['0.0.0.0/1', '128.0.0.0/1', '100.0.0.0/8'], destinations, count), many, 1)
        bench.compare('a full table in a VRF (%d routes), 64 destinations' % len(full), 'ns/packet',
                      lambda: bench.cost(lambda count: table(full, destinations, count), many, 1), small, 1.5)
    if bench.wants('bridge'):
        bench.compare('bridge of 1,000 ports, learned unicast', 'ns/packet', lambda: bench.cost(lambda count: bridge(1_000, count), 1_201_000, 1),
                      lambda: bench.cost(lambda count: bridge(4, count), 1_200_000, 1), 1.5)
    if bench.wants('translation'):
        bench.compare('translation of addresses, connection established', 'ns/packet',
                      lambda: bench.cost(lambda count: masquerading(count, MASQUERADE), 300_000, 1),
                      lambda: bench.cost(lambda count: masquerading(count, []), 300_000, 1), None)
    if bench.wants('neighbors'):
        bench.compare('100,000 neighbors', 'ns/packet', lambda: bench.cost(lambda count: neighbors(100_000, count), 1_200_000, 1),
                      lambda: bench.cost(lambda count: neighbors(2, count), 1_200_000, 1), 1.5)
    if options.json:
        with open(options.json, 'w') as file:
            json.dump(bench.rows, file, indent=1)
    missed = [row['case'] for row in bench.rows if row['bound'] and row.get('ratio', 0) > row['bound']]
    for case in missed:
        print('FAILED %s: it grows with what is around it' % case)
    sys.exit(1 if missed else 0)


main()

#!/usr/bin/env python3
"""A line of 10 routers in vrfsim and in its peers, in turn on the same core: ns-3, the kernel's namespaces, and a C loop that does the work
of a hop and no more. Prints nanoseconds a routed hop and the ratios to vrfsim's.

usage: peers_engine.py --vrfsim PATH [--runs 3] [--core 0] [--json FILE]

UDP frames of 100 bytes, neighbors learned, nothing traced or captured. A peer that is missing is skipped with the reason: ns-3 needs
libns3-dev, libgsl-dev and g++, the C loop libpcap-dev and gcc, the namespaces root and ip(8). Exit code 3 where no peer is there.
"""
import argparse, json, os, re, shutil, statistics, subprocess, sys, tempfile
from networks import line, run

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'Peers', 'Engine')
ROUTERS = 10


class Missing(Exception):
    pass


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Missing(program + ' is missing')


def build(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Missing('it does not build: ' + (done.stderr.strip().splitlines() or ['?'])[0])


def output(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode:
        raise Missing('it ends with %d: %s' % (done.returncode, done.stderr.strip()[-200:]))
    return done.stdout


def c_loop(folder, core):
    need('gcc', 'taskset')
    program = os.path.join(folder, 'ceiling')
    build(['gcc', '-O3', '-march=native', os.path.join(SOURCES, 'ceiling.c'), '-o', program, '-lpcap'])
    return lambda: json.loads(output(['taskset', '-c', core, program, str(ROUTERS), '300000', 'heap']))['ns_per_hop']


def ns3(folder, core):
    need('g++', 'pkg-config', 'taskset')
    if subprocess.run(['pkg-config', '--exists', 'ns3-internet']).returncode:
        raise Missing('libns3-dev is missing')
    modules = ['ns3-' + name for name in ('bridge', 'core', 'csma', 'internet', 'network', 'nix-vector-routing', 'point-to-point', 'traffic-control')]
    flags = output(['pkg-config', '--cflags', '--libs', *modules]).split()
    program = os.path.join(folder, 'ns3peer')
    build(['g++', '-O2', '-w', os.path.join(SOURCES, 'ns3peer.cc'), '-o', program, *flags])

    def measure():
        told = json.loads(output(['taskset', '-c', core, program, 'line', '--n=%d' % ROUTERS, '--pkts=20000', '--csma=1']))
        return 1e9 / told['forwards_per_s']
    return measure


def kernel(folder, core):
    need('gcc', 'ip', 'taskset', 'bash')
    if os.geteuid() != 0:
        raise Missing('namespaces need root')
    program = os.path.join(folder, 'rawsend')
    build(['gcc', '-O2', os.path.join(SOURCES, 'rawsend.c'), '-o', program])

    def measure():
        told = output(['bash', os.path.join(SOURCES, 'netns_line.sh'), str(ROUTERS), '100000', 'batch'], cwd=folder,
                      env=dict(os.environ, CORE=core, SEND=program, TMPDIR=folder))
        found = re.findall(r'received=(\d+) .* ns/forward=(\d+)', told)
        if not found or any(int(received) == 0 for received, _ in found):
            raise Missing('no packet comes through: ' + told.strip()[-200:])
        return min(float(cost) for _, cost in found)
    return measure


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--vrfsim', required=True)
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--core', default='0')
    parser.add_argument('--json')
    options = parser.parse_args()
    os.sched_setaffinity(0, {int(options.core)}) if hasattr(os, 'sched_setaffinity') else None

    def ours():
        few, more = (run(options.vrfsim, line(ROUTERS, count)).user for count in (1_000, 300_000))
        return (more - few) * 1e9 / 299_000 / ROUTERS

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, prepare in (('C loop, the work alone, heap', c_loop), ('namespaces joined by veth', kernel), ('ns-3, CSMA, static routes', ns3)):
            try:
                measure = prepare(folder, options.core)
                turns = [(ours(), measure()) for _ in range(options.runs)]
            except Missing as reason:
                print('%s: skipped, %s' % (name, reason))
                continue
            ratios = [theirs / own for own, theirs in turns]
            row = {'peer': name, 'vrfsim_ns': statistics.median(own for own, _ in turns), 'peer_ns': statistics.median(theirs for _, theirs in turns),
                   'ratio': statistics.median(ratios), 'least': min(ratios), 'most': max(ratios)}
            rows.append(row)
            print('| %-30s | %8.1f ns/hop | vrfsim %6.1f | %6.2f times vrfsim (%.2f .. %.2f)' % (
                name, row['peer_ns'], row['vrfsim_ns'], row['ratio'], row['least'], row['most']), flush=True)
    if options.json:
        with open(options.json, 'w') as file:
            json.dump(rows, file, indent=1)
    sys.exit(0 if rows else 3)


main()

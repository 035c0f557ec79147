#!/usr/bin/env python3
"""Runs generated scenarios and holds coarse floors, so that a slip by an order is noticed.

usage: smoke.py --vrfsim PATH [--full]

Processor time is measured, not wall time; --full uses the sizes that are quoted in the README, and their floors.
Allocations are counted by count_allocations.c, which is built with cc; on Linux alone.
"""
import argparse, json, os, resource, shutil, subprocess, sys, tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))


def chain(routers, pings):
    """Two hosts with a chain of routers between them, and a long ping from end to end."""
    nodes = {'h1': {'interfaces': {'eth0': {'addresses': ['10.0.0.1/24']}}, 'routes': ['default via 10.0.0.254']},
             'h2': {'interfaces': {'eth0': {'addresses': ['10.0.%d.254/24' % routers]}}, 'routes': ['default via 10.0.%d.1' % routers]}}
    links = []
    for number in range(1, routers + 1):
        routes = []
        if number < routers:
            routes.append('10.0.%d.0/24 via 10.0.%d.254' % (routers, number))
        if number > 1:
            routes.append('10.0.0.0/24 via 10.0.%d.1' % (number - 1))
        nodes['r%d' % number] = {'forwarding': True, 'routes': routes, 'interfaces': {
            'eth0': {'addresses': ['10.0.%d.254/24' % (number - 1)]}, 'eth1': {'addresses': ['10.0.%d.1/24' % number]}}}
        links.append({'endpoints': ['h1:eth0' if number == 1 else 'r%d:eth1' % (number - 1), 'r%d:eth0' % number]})
    links.append({'endpoints': ['r%d:eth1' % routers, 'h2:eth0']})
    return {'vrfsim': 1, 'nodes': nodes, 'links': links,
            'timeline': [{'on': 'h1', 'run': 'ping -q -c %d -i 0.000001 10.0.%d.254' % (pings, routers)}]}


def namespaces(count):
    """One machine with many namespaces, each joined to the initial one by a veth pair of its own."""
    inner = {'n%d' % number: {'interfaces': {'eth0': {'kind': 'veth', 'peer': 'm:v%d' % number}}} for number in range(count)}
    return {'vrfsim': 1, 'nodes': {'m': {'namespaces': inner}}}


def run(vrfsim, scenario):
    """-> (processor seconds, peak memory in MB)"""
    with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
        json.dump(scenario, file)
        file.flush()
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            done = subprocess.run([vrfsim, 'run', file.name, '--quiet'])
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            os.write(write, json.dumps([done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]).encode())
            os._exit(0)
        os.close(write)
        code, seconds, memory = json.loads(os.read(read, 1000))
        os.waitpid(child, 0)
    if code != 0:
        sys.exit('benchmark: vrfsim exited with %d' % code)
    return seconds, memory


def count_allocations(vrfsim, scenario, folder):
    """How often the run takes memory."""
    counter, scenario_file, out = (os.path.join(folder, name) for name in ('count.so', 's.json', 'count'))
    if not os.path.exists(counter):
        subprocess.run(['cc', '-shared', '-fPIC', '-O2', os.path.join(FOLDER, 'count_allocations.c'), '-o', counter], check=True)
    with open(scenario_file, 'w') as file:
        json.dump(scenario, file)
    subprocess.run([vrfsim, 'run', scenario_file, '--quiet'], check=True, env=dict(os.environ, LD_PRELOAD=counter, COUNT_FILE=out))
    with open(out) as file:
        return int(file.read())


def allocations_of_forwarding(vrfsim):
    """-> (packets forwarded, memory taken for them): what more pings cost with ten routers on the way, less what they cost with one."""
    fewer, more = 2_000, 4_000
    with tempfile.TemporaryDirectory() as folder:
        growth = [count_allocations(vrfsim, chain(routers, more), folder) - count_allocations(vrfsim, chain(routers, fewer), folder)
                  for routers in (10, 1)]
    return (more - fewer) * 2 * 9, growth[0] - growth[1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--vrfsim', required=True)
    parser.add_argument('--full', action='store_true')
    options = parser.parse_args()
    passed = failed = 0

    def floor(name, value, unit, bound, is_lower_bound):
        nonlocal passed, failed
        is_held = value >= bound if is_lower_bound else value <= bound
        print('%s %s: %s %s (%s %s)' % ('ok' if is_held else 'FAILED', name, round(value, 3), unit, 'at least' if is_lower_bound else 'at most', bound))
        if is_held:
            passed += 1
        else:
            failed += 1

    pings = 500_000 if options.full else 50_000
    empty, _ = run(options.vrfsim, chain(10, 1))
    seconds, memory = run(options.vrfsim, chain(10, pings))
    floor('chain of 10 routers, %d packets' % (2 * pings), 20 * pings / max(seconds - empty, 1e-6) / 1e6, 'million routed hops a second', 2.0 if options.full else 1.0, True)
    floor('chain of 10 routers, memory', memory, 'MB', 150, False)
    count = 10_000 if options.full else 2_000
    seconds, memory = run(options.vrfsim, namespaces(count))
    floor('%d namespaces with a veth pair each' % count, seconds, 's', 3.0 if options.full else 0.5, False)
    print('     memory %d MB' % memory)
    with open(os.path.join(FOLDER, '..', 'scenarios', 'vrf', 'asymmetric-routing', 'scenario.json')) as file:
        seconds, memory = run(options.vrfsim, json.load(file))
    floor('asymmetric-routing, whole process', seconds * 1000, 'ms', 30 if options.full else 60, False)
    print('     memory %d MB' % memory)
    if sys.platform.startswith('linux') and shutil.which('cc'):
        forwarded, taken = allocations_of_forwarding(options.vrfsim)
        # Tables that grow with the time that the longer way takes: a handful, whatever the number of packets.
        floor('allocations for %d forwarded packets' % forwarded, taken, 'allocations', 50, False)
    else:
        print('     allocations are not counted here: that needs Linux and cc')
    print('benchmarks: %d passed, %d failed' % (passed, failed))
    sys.exit(1 if failed else 0)


main()

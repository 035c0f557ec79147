#!/usr/bin/env python3
"""Holds that what the program does with a scenario takes time that grows with its size, and not with the square of it.

usage: growth.py --vrfsim PATH

Each case is run small and four times as large, in turn; the least processor time of each is taken, less that of the start.
"""
import argparse, json, os, resource, subprocess, sys, tempfile

from networks import burst, line, pairs, sink

# Four times the size may take ten times as long, beside other work; the square takes sixteen.
SIZES, BOUND = 4, 10
# How often each is run, small and large in turn.
RUNS = 5


def translated_pings(count):
    """Pings through a router that translates the sender's address, and expectations that look at each of them."""
    nodes = {'h1': {'interfaces': {'eth0': {'addresses': ['10.0.1.2/24']}}, 'routes': ['default via 10.0.1.1']},
             'r': {'forwarding': True, 'commands': ['iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE'],
                   'interfaces': {'eth0': {'addresses': ['10.0.1.1/24']}, 'eth1': {'addresses': ['10.0.2.1/24']}}},
             'h2': {'interfaces': {'eth0': {'addresses': ['10.0.2.2/24']}}}}
    expectations = [{'of': 'p', 'is': 'answered'}, {'of': 'p', 'path': ['h1', 'r', 'h2'], 'symmetric': True},
                    {'of': 'p', 'sourceBecomes': '10.0.2.1', 'replyRestored': True}, {'always': 'no-loop'}, {'always': 'symmetric'},
                    {'always': 'reachable', 'from': 'h1', 'to': 'h2'}, {'interface': 'r:eth0', 'filter': 'icmp[0] = 8', 'count': count}]
    return {'vrfsim': 1, 'nodes': nodes, 'links': [{'endpoints': ['h1:eth0', 'r:eth0']}, {'endpoints': ['r:eth1', 'h2:eth0']}],
            'timeline': [{'id': 'p', 'on': 'h1', 'run': 'ping -c %d -i 0.002 10.0.2.2' % count}], 'expect': expectations}


def pair(timeline, expectations=()):
    """Two hosts on a cable."""
    nodes = {name: sink(interfaces={'eth0': {'addresses': ['10.0.0.%d/24' % place]}}) for place, name in ((1, 'a'), (2, 'b'))}
    return {'vrfsim': 1, 'nodes': nodes, 'links': [{'endpoints': ['a:eth0', 'b:eth0']}], 'timeline': timeline,
            'expect': list(expectations)}


def many_entries(count):
    return pair([{'id': 'p%d' % number, 'on': 'a', 'run': 'ping -c 1 10.0.0.2'} for number in range(count)],
                [{'of': 'p%d' % number, 'is': 'answered'} for number in range(count)])


def machine(commands, **keys):
    return {'vrfsim': 1, 'nodes': {'m': dict({'commands': commands}, **keys)}}


def veth_pairs(count):
    return machine(['ip link add v%d type veth peer name w%d' % (number, number) for number in range(count)])


def containers(count):
    return machine(['docker run -d --name c%d nginx' % number for number in range(count)], docker={})


def ipv6_routes(count):
    """IPv6 routes that share their first 16 bits, as most do that one registry gives out."""
    routes = ['2001:%x:%x::/48 via 2001:db8::2' % (number >> 8, (number & 255) * 7) for number in range(count)]
    return {'vrfsim': 1, 'nodes': {'r': {'interfaces': {'eth0': {'addresses': ['2001:db8::1/64']}}, 'routes': routes},
                                   'h': {'interfaces': {'eth0': {'addresses': ['2001:db8::2/64']}}}},
            'links': [{'endpoints': ['r:eth0', 'h:eth0']}]}


CASES = [
    ('the story of a burst', ['run'], lambda count: pair([burst('a', '10.0.0.2', count)]), 5_000),
    ('the result of a burst as JSON', ['run', '--json'], lambda count: pair([burst('a', '10.0.0.2', count)]), 5_000),
    ('a trace among many packets', ['trace', '--flow', 'p', '--both-ways'], translated_pings, 1_000),
    ('expectations about many packets', ['test'], translated_pings, 1_500),
    ('many expectations', ['test'], many_entries, 2_000),
    ('a check of many routers', ['check'], lambda count: line(count, 1), 200),
    ('an export of many devices', ['export', 'iproute2'], veth_pairs, 1_000),
    ('many VRFs with routes', ['run', '--quiet'], lambda count: pairs(count, count, 20), 200),
    ('many IPv6 routes', ['run', '--quiet'], ipv6_routes, 15_000),
    ('many containers', ['run', '--quiet'], containers, 100),
]


def seconds(command):
    """Processor time of a run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit('growth: %s exited with %d' % (' '.join(command), done.returncode))
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def least_seconds(vrfsim, words, scenarios):
    """The least processor time for each of the scenarios, which come in turn."""
    times = [[] for _ in scenarios]
    verb = 2 if words[0] == 'export' else 1
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, '%d.json' % place) for place in range(len(scenarios))]
        for path, scenario in zip(paths, scenarios):
            with open(path, 'w') as file:
                json.dump(scenario, file)
        for _ in range(RUNS):
            for place, path in enumerate(paths):
                times[place].append(seconds([vrfsim] + words[:verb] + [path] + words[verb:]))
    return [min(each) for each in times]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--vrfsim', required=True)
    vrfsim = parser.parse_args().vrfsim
    start = min(seconds([vrfsim, '--version']) for _ in range(RUNS))
    failed = 0
    for name, words, network, count in CASES:
        few, many = (each - start for each in least_seconds(vrfsim, words, [network(count), network(count * SIZES)]))
        growth = many / max(few, 0.001)
        failed += growth > BOUND
        print('%s %s: %d in %.3f s, %d in %.3f s, %.1f times as long (at most %d)'
              % ('ok' if growth <= BOUND else 'FAILED', name, count, few, count * SIZES, many, growth, BOUND))
    print('growth: %d passed, %d failed' % (len(CASES) - failed, failed))
    sys.exit(1 if failed else 0)


main()

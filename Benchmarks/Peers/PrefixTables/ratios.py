#!/usr/bin/env python3
"""Reads the tables of bench.c and prints what vrfsim needs of what the best peer needs.

usage: ratios.py TABLE [JSON]    JSON: a file that gets the same
"""
import json, sys


def rows(text, title):
    """-> the rows of the table under a title: name -> numbers, None for a dash"""
    part = text.split(title, 1)[1] if title in text else ''
    found = {}
    for line in part.split('\n')[1:]:
        if found and not line.strip():
            break
        if '|' not in line or line.startswith(('structure', ' ')):
            continue
        name, rest = line.split('|', 1)
        found[name.strip()] = [None if word == '-' else float(word) for word in rest.replace('|', ' ').split()]
    return found


def main():
    text = open(sys.argv[1]).read()
    if 'DISAGREES' in text or 'disagree' in text:
        sys.exit('the tables do not agree')
    lines = []

    def ratio(name, ours, peers, goal):
        peer = min(peer for peer in peers if peer is not None)
        lines.append((name, ours, peer, ours / peer, goal))

    def own_bulk(own, place):
        return min(own[3 * place + 1], own[3 * place + 2])

    v4 = rows(text, 'IPv4, ')
    own = v4.pop('vrfsim')
    # Columns: uniform, in-table, Zipf, each chain, single, bulk; then MiB, MiB, bytes a prefix, build, delete and insert.
    for place, (name, goal) in enumerate([('uniform', 0.90), ('in-table', 0.95), ('Zipf', 0.95)]):
        ratio('IPv4 %s, independent / best bulk call' % name, own_bulk(own, place), [row[3 * place + 2] for row in v4.values()], goal)
    for place, name in enumerate(['uniform', 'in-table', 'Zipf']):
        ratio('IPv4 %s, independent / best single call' % name, own[3 * place + 1], [row[3 * place + 1] for row in v4.values()], 0.60)
    ratio('IPv4 in-table, each waits for the last', own[3], [row[3] for row in v4.values()], 1.0)
    fib = [row for name, row in v4.items() if 'rte_fib' in name]
    ratio('IPv4 bytes a route / rte_fib', own[11], [row[11] for row in fib], 0.15)
    ratio('IPv4 delete and insert / rte_fib', own[13], [row[13] for row in fib], 0.35)
    v6 = rows(text, 'IPv6, ')
    own = v6.pop('vrfsim')
    fib = [row for name, row in v6.items() if 'fib6' in name]
    for place, name, goal in [(1, 'in-table', 0.90), (2, 'Zipf', 1.0)]:
        ratio('IPv6 %s, independent / rte_fib6 bulk' % name, own_bulk(own, place), [row[3 * place + 2] for row in fib], goal)
    ratio('IPv6 in-table, each waits for the last', own[3], [row[3] for row in v6.values()], 0.75)
    for count in (10, 50):
        small = rows(text, '10,000 VRFs of %d IPv4 routes' % count)
        own = small.pop('vrfsim')
        ratio('10,000 VRFs x %d, independent / linear scan' % count, min(own[1], own[2]), [row[1] for name, row in small.items() if 'linear' in name], 0.5)
        if count == 10:
            lines.append(('bytes of a VRF with 10 routes', own[4], 160, own[4] / 160, 1.0))
    print('\n%-48s %9s %9s %7s %6s' % ('', 'vrfsim', 'peer', 'ratio', 'goal'))
    for name, ours, peer, value, goal in lines:
        print('%-48s %9.2f %9.2f %7.2f %6.2f%s' % (name, ours, peer, value, goal, '' if value <= goal else '  missed'))
    if len(sys.argv) > 2:
        keys = ('case', 'vrfsim', 'peer', 'ratio', 'goal')
        with open(sys.argv[2], 'w') as file:
            json.dump([dict(zip(keys, line)) for line in lines], file, indent=1)


main()

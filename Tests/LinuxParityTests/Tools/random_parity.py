#!/usr/bin/env python3
"""Random cases on this Linux kernel and in the simulator, and what differs, shrunk.

usage (root, Linux): random_parity.py [--seeds 1..12] [--vrfsim PATH] [--jobs 12] [--keep DIR] [--vrf] [--devices] [--ipv6] [--tcp] [--filter]
       [--recordings DIR] [--no-shrink] [-v]

--seeds   FIRST..LAST or a list with commas; a seed always makes the same case (random_cases.py)
--vrf     cases with VRFs, on the kernel of oracle/oracle (built before)
--devices cases with VLANs, VLAN-aware bridges, macvlans and dummies, on that kernel too; with or without --vrf
--ipv6    cases of IPv6 instead of IPv4
--tcp     with TCP connections among the traffic (fewer jobs are steadier: --jobs 4)
--filter  with rules of iptables: filters, translations, marks; needs iptables
--recordings   a directory that keeps what the kernel of oracle/oracle did, and need not do again
--keep    write the shrunk case of every difference to DIR/SEED, as a case folder
--show    print the case of the seeds, run nothing
Compared: the frames of every interface up to 0.5 s after the end of the traffic, exit codes and text of every command, and at the
end `ip -j route show table all`, `ip -j rule`, `ip -j neigh`, `ip -j addr`, `ip -j -s link`, `bridge -j fdb show`; with IPv6 also
`ip -j -6 rule`.  What is left out of the state is said at comparison.py.
A case that differs is recorded again; if the kernel then differs from itself it is unstable, which is told and not counted as
identical.  Final line: `N seeds: A identical, B differ, C unstable`.  Exit 1 if something differs or nothing is identical, 2 if nothing could be run,
3 where there is no Linux, no root or no namespaces to record in.
"""
import argparse, functools, os, shutil, subprocess, sys, tempfile
from concurrent.futures import ProcessPoolExecutor
HERE = os.path.dirname(os.path.realpath(__file__))
PACKAGE = os.path.normpath(os.path.join(HERE, '..', '..', '..'))
sys.path.insert(0, HERE)
import random_cases, random_runs, shrink


def seeds_of(text):
    out = []
    for part in text.split(','):
        first, _, last = part.partition('..')
        out += range(int(first), int(last or first) + 1)
    return out


def refusal(oracle, ipv6):
    """-> why nothing can be recorded here; None where it can"""
    if sys.platform != 'linux':
        return 'this is not Linux'
    if os.geteuid():
        return 'it needs root'
    if oracle:
        return None if random_runs.oracle_kernel() else 'the kernel with VRF is not built: oracle/oracle build'
    if ipv6 and not os.path.exists('/proc/sys/net/ipv6'):
        return 'this kernel has no IPv6'
    missing = [p for p in ('ip', 'ping', 'arping', 'traceroute', 'tcpdump', 'sysctl', 'bridge', 'unshare') if not shutil.which(p)]
    if missing:
        return 'missing: ' + ' '.join(missing)
    r = subprocess.run(['unshare', '--mount', '--net', 'ip', 'link', 'add', 'v0', 'type', 'veth'], capture_output=True, text=True)
    return None if r.returncode == 0 else 'no namespaces or no veth here: ' + r.stderr.strip()


def report(seed, setup, traffic, differences, options):
    print('DIFF seed %d%s: %s' % (seed, ' (%s)' % options.strip() if options else '', ', '.join(sorted({d.kind for d in differences}))))
    print('  setup.sh\n' + ''.join('    %s\n' % l for l in setup) + '  traffic.sh\n' + ''.join('    %s\n' % l for l in traffic), end='')
    for d in differences[:6]:
        print('  ' + d.text())
    print('  again: random_parity.py --seeds %d%s' % (seed, options), flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--seeds', default='1..12')
    p.add_argument('--vrfsim', default=os.environ.get('VRFSIM') or PACKAGE + '/.build/release/vrfsim')
    p.add_argument('--jobs', type=int, default=12)
    p.add_argument('--recordings', metavar='DIR')
    p.add_argument('--keep', metavar='DIR')
    p.add_argument('--vrf', action='store_true')
    p.add_argument('--devices', action='store_true')
    p.add_argument('--ipv6', action='store_true')
    p.add_argument('--tcp', action='store_true')
    p.add_argument('--filter', action='store_true')
    p.add_argument('--no-shrink', action='store_true')
    p.add_argument('--show', action='store_true')
    p.add_argument('-v', '--verbose', action='store_true')
    o = p.parse_args()
    options, oracle = {'vrf': o.vrf, 'devices': o.devices, 'ipv6': o.ipv6, 'tcp': o.tcp, 'filter': o.filter}, o.vrf or o.devices
    make = functools.partial(random_cases.case, **options)
    if o.show:
        for s in seeds_of(o.seeds):
            setup, traffic = make(s)
            print('# seed %d: setup.sh\n%s\n# traffic.sh\n%s' % (s, '\n'.join(setup), '\n'.join(traffic)))
        return 0
    why = refusal(oracle, o.ipv6)
    if why:
        print('random parity: NOT RUN, nothing was compared with the kernel: ' + why)
        return 3
    if not os.access(o.vrfsim, os.X_OK):
        print('random_parity: no vrfsim to run: build it, or say --vrfsim PATH', file=sys.stderr)
        return 2
    if o.recordings:
        os.makedirs(o.recordings, exist_ok=True)
    counts, seeds = {'identical': 0, 'differ': 0, 'unstable': 0}, seeds_of(o.seeds)
    runner = random_runs.Runner(o.vrfsim, oracle, o.ipv6, make, o.recordings, vlans=o.devices)
    with ProcessPoolExecutor(o.jobs) as pool:
        for seed, (outcome, differences) in zip(seeds, pool.map(runner.examine_seed, seeds)):
            counts[outcome] += 1
            if outcome == 'identical':
                if o.verbose:
                    print('ok   seed %d' % seed, flush=True)
                continue
            if outcome == 'unstable':
                print('unstable seed %d: %s' % (seed, differences[0].text()), flush=True)
                continue
            setup, traffic = make(seed)
            if not o.no_shrink:
                setup, traffic, differences = shrink.shrink(setup, traffic, differences, lambda cases: pool.map(runner.differences, cases))
            report(seed, setup, traffic, differences, ''.join(' --' + name for name, wanted in options.items() if wanted))
            if o.keep:
                random_runs.write_case(os.path.join(o.keep, str(seed)), setup, traffic, 'Seed %d, shrunk.' % seed, oracle)
    print('%d seeds: %d identical, %d differ, %d unstable' % (len(seeds), counts['identical'], counts['differ'], counts['unstable']))
    return 1 if counts['differ'] or not counts['identical'] else 0


if __name__ == '__main__':
    sys.exit(main())

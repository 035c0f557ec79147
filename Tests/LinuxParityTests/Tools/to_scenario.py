#!/usr/bin/env python3
"""Turn a recorded case (setup.sh + traffic.sh) into a vrfsim scenario: one machine `lab`, the script's commands,
its traffic as a timeline.  usage: to_scenario.py CASE_DIR > scenario.json

The shell scripts are run with shell functions in the place of programs, which only write down what was asked, in order; nothing
on this machine changes.
t NS CMD -> foreground entry; bg NS CMD -> background entry; do_ CMD and plain ip/bridge/... -> foreground command on
the machine; sleep S -> pause; at_ MS -> the time of what follows.  sock.py's commands become `udp`, `tcp` and `listen` entries.
"""
import json, os, shlex, subprocess, sys, tempfile
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from normalise import setup_time
STANDINS = 'ip bridge sysctl iptables ip6tables nft ethtool conntrack ping arping traceroute sleep tc sock'.split()

# What stands in for the programs: shell functions that write down how many words there are, and the words, each ended by NUL.
WRITING = r'''
W() { printf '%s\0' $# "$@" >>"$RECORD_LOG"; }
''' + ''.join('%s() { W %s "$@"; }\n' % (c, c) for c in STANDINS)
TRAFFIC_WORDS = r'''
SOCK=sock
t() { W @t "$@"; }
bg() { W @bg "$@"; }
at_() { W @at "$@"; }
done_() { W @done; }
do_() { "$@"; }
'''

def record(case, script, stage):
    with tempfile.TemporaryDirectory() as d:
        log = d + '/log'
        open(log, 'w').close()
        env = dict(os.environ, RECORD_LOG=log, TOOLS=HERE, TOOLLOG='/dev/null')
        words = WRITING + (TRAFFIC_WORDS if stage == 'traffic' else '')
        subprocess.run(['bash', '-c', 'set -u; . "%s/lib.sh"; %s\n. ./%s' % (HERE, words, script)], cwd=case, env=env, check=True,
                       stdout=subprocess.DEVNULL)
        words, lines = open(log).read().split('\0'), []
        while words[0]:
            n = 1 + int(words[0])
            lines.append(words[1:n])
            words = words[n:]
        return lines

def sock(argv):
    kind, rest = argv[0], argv[1:]
    pos, o, i = [], {}, 0
    while i < len(rest):
        if rest[i] == '--unconnected':
            o['unconnected'] = True
        elif rest[i].startswith('--'):
            o[rest[i][2:]] = rest[i + 1]; i += 1
        else:
            pos.append(rest[i])
        i += 1
    proto, what = kind.split('-')
    sec = lambda s: '%dms' % round(float(s) * 1000)
    if what == 'echo':
        e = {proto: int(pos[0]), 'reply': 'echo', 'count': int(o.get('count', 1)), 'timeout': sec(o.get('timeout', 3))}
        if 'bind' in o: e['address'] = o['bind']
        return 'listen', e
    host = '[%s]' % pos[0] if ':' in pos[0] else pos[0]
    e = {'to': '%s:%s' % (host, pos[1]), 'size': int(o.get('size', 32)), 'timeout': sec(o.get('timeout', 3))}
    if 'sport' in o or 'src' in o:
        source = o.get('src', '::' if ':' in pos[0] else '0.0.0.0')
        if ':' in source: source = '[%s]' % source
        e['from'] = '%s:%s' % (source, o['sport']) if 'sport' in o else source
    if proto == 'udp':
        e.update(count=int(o.get('count', 1)), interval=sec(o.get('interval', 0.1)))
        if 'ttl' in o: e['ttl'] = int(o['ttl'])
        if 'df' in o: e['df'] = o['df']
        if o.get('unconnected'): e['connected'] = False
    return proto, e

def scenario(case):
    commands = [shlex.join(a) for a in record(case, 'setup.sh', 'setup')]
    timeline, n, at, settled = [], 0, None, round(setup_time(case) * 1000)
    for a in record(case, 'traffic.sh', 'traffic'):
        if a[0] == '@at':
            at = settled + int(a[1])
            continue
        if a[0] == '@done':
            timeline.append({'pause': '0ms'} if at is None else {'at': '%dms' % at, 'pause': '0ms'})
            at = None
            continue
        if a[0] in ('@t', '@bg'):
            n += 1
            e = {'id': 't%d' % n, 'on': 'lab/' + a[1]}
            vrf, argv = (a[5], a[6:]) if a[2:5] == ['ip', 'vrf', 'exec'] else (None, a[2:])
            if argv[0] == 'sock':
                k, v = sock(argv[1:])
                if vrf: v['vrf'] = vrf
                e[k] = v
            else:
                e['run'] = shlex.join(a[2:])
            if a[0] == '@bg' and 'listen' not in e: e['background'] = True
        elif a[0] == 'sleep':
            e = {'pause': '%dms' % round(float(a[1]) * 1000)}
        else:
            e = {'on': 'lab', 'run': shlex.join(a)}
        if at is not None:
            e['at'], at = '%dms' % at, None
        timeline.append(e)
    # the recorder waits 0.3 s between the last setup step and the first traffic, (with IPv6 3 s longer), and 0.5 s at the end
    timeline = [{'pause': '%dms' % settled}] + timeline + [{'pause': '500ms'}]
    return {'vrfsim': 1, 'name': os.path.basename(case).lower(), 'nodes': {'lab': {'commands': commands}}, 'timeline': timeline}

def main():
    json.dump(scenario(sys.argv[1].rstrip('/')), sys.stdout, indent=1)
    print()

if __name__ == '__main__':
    main()

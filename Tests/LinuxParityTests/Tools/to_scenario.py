#!/usr/bin/env python3
"""Turn a recorded case (setup.sh + traffic.sh) into a vrfsim scenario: one machine `lab`, the script's commands,
its traffic as a timeline.  usage: to_scenario.py CASE_DIR > scenario.json

The shell scripts are run with stand-ins that only write down what was asked, in order; nothing on this machine changes.
t NS CMD -> foreground entry; bg NS CMD -> background entry; do_ CMD and plain ip/bridge/... -> foreground command on
the machine; sleep S -> pause.  sock.py's commands become `udp`, `tcp` and `listen` entries.
"""
import json, os, shlex, stat, subprocess, sys, tempfile
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from normalise import setup_time
STANDINS = 'ip bridge sysctl iptables ip6tables nft ethtool conntrack ping arping traceroute sleep tc'.split()

def record(case, script, stage):
    with tempfile.TemporaryDirectory() as d:
        log = d + '/log'
        for c in STANDINS + ['sock']:
            with open(d + '/' + c, 'w') as f:
                f.write('#!%s\nimport json,os,sys\nopen(os.environ["RECORD_LOG"],"a").write(json.dumps([os.path.basename(sys.argv[0])]+sys.argv[1:])+"\\n")\n' % sys.executable)
            os.chmod(d + '/' + c, 0o755)
        open(log, 'w').close()
        env = dict(os.environ, PATH=d + ':' + os.environ['PATH'], RECORD_LOG=log, TOOLS=HERE, TOOLLOG='/dev/null')
        over = ''
        if stage == 'traffic':
            over = '''
SOCK=sock
t() { local n=$1; shift; RECORD_AS="$n" W t "$n" "$@"; }
bg() { local n=$1; shift; W bg "$n" "$@"; }
do_() { "$@"; }
W() { %s -c 'import json,os,sys; open(os.environ["RECORD_LOG"],"a").write(json.dumps(["@"+sys.argv[1]]+sys.argv[2:])+"\\n")' "$@"; }
''' % shlex.quote(sys.executable)
        subprocess.run(['bash', '-c', 'set -u; . "%s/lib.sh"; %s\n. ./%s' % (HERE, over, script)], cwd=case, env=env, check=True,
                       stdout=subprocess.DEVNULL)
        return [json.loads(l) for l in open(log)]

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

def main():
    case = sys.argv[1].rstrip('/')
    commands = [shlex.join(a) for a in record(case, 'setup.sh', 'setup')]
    timeline, n = [], 0
    for a in record(case, 'traffic.sh', 'traffic'):
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
        timeline.append(e)
    # the recorder waits 0.3 s between the last setup step and the first traffic (with IPv6 3 s longer), and 0.5 s at the end
    timeline = [{'pause': '%dms' % round(setup_time(case) * 1000)}] + timeline + [{'pause': '500ms'}]
    json.dump({'vrfsim': 1, 'name': os.path.basename(case).lower(), 'nodes': {'lab': {'commands': commands}},
               'timeline': timeline}, sys.stdout, indent=1)
    print()
main()

#!/usr/bin/env python3
"""Run case folders in fresh namespaces on the real kernel and write normalised goldens.

usage (root): record.py [--repeat 3] [--jobs 2] CASE_DIR...
Needs: iproute2 iputils-ping iputils-arping traceroute tcpdump iptables nftables conntrack ethtool procps; docker/ needs the
       docker-proxy of Docker 28.5.2 in PATH (moby/moby, cmd/docker-proxy)
Writes CASE_DIR/golden/ (from run 1), CASE_DIR/pcap/ (raw, run 1, not checked in), CASE_DIR/golden/repeat.txt
(what differed in the later runs), CASE_DIR/golden/kernel.txt (the version that was recorded).
A case with a file `needs-vrf` is for a kernel with VRF devices: oracle/oracle capture.
"""
import json, os, re, shutil, signal, subprocess, sys, tempfile, time
from concurrent.futures import ThreadPoolExecutor
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import normalise as N

def sh(cmd, **k):
    return subprocess.run(cmd, capture_output=True, text=True, **k)

def j(ns, *cmd):
    r = sh([cmd[0], '-n', ns] + list(cmd[1:]))          # ip and bridge need no program that enters the namespace for them
    try:
        return json.loads(r.stdout) if r.stdout.strip() else []
    except ValueError:
        return r.stdout.splitlines()

def ask(ns, lines):
    """What several `ip -j` lines answer, by one process: in a slow kernel the start of each is what takes time"""
    r, out, at = sh(['ip', '-n', ns, '-j', '-batch', '-'], input='\n'.join(lines) + '\n'), [], 0
    text = r.stdout.strip()
    while at < len(text):
        value, at = json.JSONDecoder().raw_decode(text, at)
        out.append(value)
        at += len(text[at:]) - len(text[at:].lstrip())
    return out if len(out) == len(lines) else [j(ns, 'ip', '-j', *l.split()) for l in lines]

# ------------------------------------------------------------------ inside the private namespaces
def inner(case, out):
    os.makedirs('/run/netns', exist_ok=True)
    subprocess.check_call(['mount', '-t', 'tmpfs', 'tmpfs', '/run/netns'])
    # sock.py is to start at once, by this Python itself and not by a script that looks for one
    path = os.path.dirname(os.path.realpath(sys.executable)) + ':' + os.environ['PATH']
    env = dict(os.environ, PATH=path, TOOLS=HERE, TOOLLOG=out + '/tools.raw', PYTHONUNBUFFERED='1', PYTHONDONTWRITEBYTECODE='1', LC_ALL='C')
    lib = HERE + '/lib.sh'
    r = sh(['bash', '-c', 'set -eu; . "%s"; . ./setup.sh' % lib], cwd=case, env=env)
    if r.returncode:
        raise SystemExit('setup failed: ' + r.stdout + r.stderr)
    if 'ns6' in open(case + '/setup.sh').read():
        time.sleep(2.5)                                 # carriers are noticed up to a second later; then come the listener reports
    nss = sorted(l.split()[0] for l in sh(['ip', 'netns', 'list']).stdout.splitlines() if l.strip())
    caps, meta = [], {}
    for n in nss:
        links = j(n, 'ip', '-j', '-d', 'addr')
        addrs = {l['ifname']: ['%s/%d' % (x['local'], x['prefixlen']) for x in l['addr_info']] for l in links}
        off = 'for d in "$@"; do ethtool -K $d tso off gso off gro off tx off rx off sg off; done'
        sh(['ip', 'netns', 'exec', n, 'sh', '-c', off, 'sh'] + [l['ifname'] for l in links if l['ifname'] != 'lo'])
        for l in links:
            d = l['ifname']
            if 'UP' not in l['flags']:
                continue
            meta['%s.%s' % (n, d)] = {'mac': l.get('address'), 'mtu': l['mtu'], 'kind': l.get('linkinfo', {}).get('info_kind', ''),
                                       'master': l.get('master', ''), 'addrs': addrs.get(d, [])}
            f = '%s/%s.%s.pcap' % (out, n, d)
            e = open(f + '.err', 'w+')
            p = subprocess.Popen(['ip', 'netns', 'exec', n, 'tcpdump', '-p', '-i', d, '-n', '-U', '--immediate-mode',
                                  '-s', '0', '-B', '4096', '-Z', 'root', '-w', f], stdout=e, stderr=e)
            caps.append((p, f, e))
    t0 = time.time()
    for p, f, e in caps:
        while 'listening on' not in open(f + '.err').read():
            if time.time() - t0 > 20 or p.poll() is not None:
                raise SystemExit('tcpdump did not start: ' + open(f + '.err').read())
            time.sleep(0.02)
    time.sleep(0.3)
    started = time.time()
    r = sh(['bash', '-c', '. "%s"; . ./traffic.sh; wait' % lib], cwd=case, env=env, timeout=180)
    if r.stdout or r.stderr:
        open(out + '/tools.raw', 'a').write('### traffic.sh stdout/stderr\n' + r.stdout + r.stderr)
    time.sleep(0.5)
    # what changes with time at first, all at the same time
    neighbors, state = {n: j(n, 'ip', '-j', 'neigh') for n in nss}, {}
    six = 'ns6' in open(case + '/setup.sh').read()
    for n in nss:
        route, rule, addr = ask(n, ['route show table all', 'rule show', 'addr show'])
        state[n] = {
            'route': route, 'rule': rule,
            'route_cache': sh(['ip', '-n', n, 'route', 'show', 'cache']).stdout.splitlines(),
            'neigh': neighbors[n], 'addr': addr,
            'fdb': j(n, 'bridge', '-j', 'fdb', 'show'), 'link': j(n, 'ip', '-j', '-s', 'link'),
            'conntrack': sh(['ip', 'netns', 'exec', n, 'conntrack', '-L']).stdout.splitlines()
            if os.path.exists(case + '/use-conntrack') else []}
        if six:
            state[n]['rule6'] = j(n, 'ip', '-j', '-6', 'rule')
    json.dump(state, open(out + '/state.raw.json', 'w'))
    open(out + '/started.txt', 'w').write(repr(started))
    json.dump(meta, open(out + '/meta.json', 'w'), indent=1, sort_keys=True)
    open(out + '/kernel.txt', 'w').write('Linux ' + re.match(r'[\d.]+', os.uname().release).group() + '\n')
    for p, f, e in caps:
        p.send_signal(signal.SIGINT)
    warn = []
    for p, f, e in caps:
        p.wait(10)
        x = open(f + '.err').read()
        m = re.search(r'(\d+) packets dropped by kernel', x)
        if not m or int(m.group(1)):
            warn.append(os.path.basename(f) + ': ' + x.strip().replace('\n', ' | '))
        os.unlink(f + '.err')
    open(out + '/warn.txt', 'w').write('\n'.join(warn))

# ------------------------------------------------------------------ outside
def norm_tools(s):
    s = re.sub(r' time[=<][\d.]+ ?ms', '', s)
    s = re.sub(r', time \d+ms', '', s)
    s = re.sub(r'\nrtt min.*', '', s)
    s = re.sub(r'(, |\n)pipe \d+', '', s)
    s = re.sub(r'\n(?=\nrc=)', '', s)
    s = re.sub(r'  [\d.]+ ms', '  ms', s)
    s = re.sub(r'  [\d.]+ms', '', s)
    s = re.sub(r'expires \d+sec', 'expires Nsec', s)
    s = re.sub(r'(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?=Stopping proxy|Can\'t)', '', s)   # docker-proxy's log
    # neighbor and forwarding entries are printed in the order of a hash table whose key is random
    blocks = re.split(r'(?m)^(?=### )', s)
    for i, b in enumerate(blocks):
        if re.match(r'### \S+\$ (ip neigh|bridge fdb)', b):
            l = b.rstrip('\n').split('\n')
            blocks[i] = '\n'.join(l[:1] + sorted(l[1:-1]) + l[-1:]) + '\n'
    return ''.join(blocks)

def norm_state(st):
    o = {}
    for n, d in st.items():
        x = o[n] = {}
        x['route'] = sorted((json.dumps({k: v for k, v in r.items() if k not in ('flags',) or v}, sort_keys=True)
                            for r in d['route']))
        x['rule'] = [json.dumps(r, sort_keys=True) for r in d['rule']]
        x['route_cache'] = sorted(re.sub(r'expires \d+sec', 'expires Nsec', l).strip() for l in d['route_cache'])
        x['neigh'] = sorted(json.dumps({k: r[k] for k in ('dst', 'dev', 'lladdr', 'state') if k in r},
                                       sort_keys=True) for r in d['neigh'])
        x['fdb'] = sorted(json.dumps({k: r[k] for k in ('mac', 'ifname', 'master', 'state', 'flags') if k in r},
                                     sort_keys=True) for r in d['fdb']
                          if not r['mac'].startswith(('33:33', '01:00:5e')))
        x['link'] = {l['ifname']: {k: {m: l['stats64'][k][m] for m in ('packets', 'bytes', 'dropped', 'errors')}
                                   for k in ('rx', 'tx')} for l in d['link'] if l['ifname'] != 'lo'}
        x['conntrack'] = sorted(N.connection(l) for l in d['conntrack'])
    return o

def frames(tmp, k):
    """-> [(time, line)] of a recorded interface"""
    ls = N.normalise(tmp + '/%s.pcap' % k).get(None, [])
    if k.endswith('.lo'):                               # the loopback device never fills in a TCP or UDP checksum
        ls = [(t, re.sub(r' BADCSUM:(udp|tcp)', '', l)) for t, l in ls]
    return ls

def one(case, i, niceness=10):
    tmp = tempfile.mkdtemp(prefix='record.')
    r = sh(['nice', '-n', str(niceness), 'unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc',
            sys.executable, __file__, '--inner', os.path.abspath(case), tmp])
    if r.returncode:
        return tmp, None, r.stdout + r.stderr
    g = {}
    meta = json.load(open(tmp + '/meta.json'))
    for k in meta:
        ls = frames(tmp, k)
        if k.endswith('.lo') and not ls:
            continue
        g[k + '.txt'] = ''.join(l + '\n' for _, l in ls)
        g['timing/%s.txt' % k] = ''.join('+%.2f %s\n' % (t - ls[0][0], l.split(' ', 3)[-1]) for t, l in ls)
    x = open(tmp + '/tools.raw').read() if os.path.exists(tmp + '/tools.raw') else ''
    for f in sorted((f for f in os.listdir(tmp) if f.startswith('tools.raw.bg')), key=lambda f: int(f[12:])):
        x += open(tmp + '/' + f).read()
    g['tools.txt'] = norm_tools(x)
    g['state.json'] = json.dumps(norm_state(json.load(open(tmp + '/state.raw.json'))), indent=1, sort_keys=True) + '\n'
    g['meta.json'] = json.dumps({k: v for k, v in meta.items() if k + '.txt' in g}, indent=1, sort_keys=True) + '\n'
    g['kernel.txt'] = open(tmp + '/kernel.txt').read()
    return tmp, g, open(tmp + '/warn.txt').read()

def case_run(case, rep):
    import difflib
    case = case.rstrip('/')
    ref, rpt, t0 = None, [], time.time()
    for i in range(rep):
        tmp, g, w = one(case, i)
        if g is None:
            shutil.rmtree(tmp)
            return '%s: FAILED %s' % (case, w)
        if w:
            rpt.append('run %d capture warning: %s' % (i + 1, w))
        if ref is None:
            ref = g
            for d in ('golden', 'pcap'):
                shutil.rmtree(case + '/' + d, ignore_errors=True)
            os.makedirs(case + '/golden/timing'); os.makedirs(case + '/pcap')
            for k, v in g.items():
                open(case + '/golden/' + k, 'w').write(v)
            for f in os.listdir(tmp):
                if f.endswith('.pcap') and f[:-5] + '.txt' in g:
                    shutil.copyfile(tmp + '/' + f, case + '/pcap/' + f)
        else:
            for k in sorted(set(ref) | set(g)):
                if k.startswith('timing/'):
                    continue
                a, b = ref.get(k, ''), g.get(k, '')
                if a != b:
                    rpt.append('run %d differs in %s:' % (i + 1, k))
                    rpt += list(difflib.unified_diff(a.splitlines(), b.splitlines(), lineterm='', n=0))[2:]
        shutil.rmtree(tmp)
    if ref:
        rd = open(case + '/README.md').read().split('\n## Interfaces')[0].rstrip()
        rows = ['| namespace.interface | kind | MAC | MTU | addresses at start | master |', '|---|---|---|---|---|---|']
        for k, v in sorted(json.loads(ref['meta.json']).items()):
            if not k.endswith('.lo') or any(not x.startswith(('127.', '::1/')) for x in v['addrs']):
                rows.append('| %s | %s | %s | %d | %s | %s |' % (k, v['kind'], v['mac'], v['mtu'], ' '.join(v['addrs']), v['master']))
        open(case + '/README.md', 'w').write(rd + '\n\n## Interfaces\n\n' + '\n'.join(rows) + '\n')
    open(case + '/golden/repeat.txt', 'w').write('\n'.join(rpt or ['%d runs identical' % rep]) + '\n')
    fr = [k for k in set(re.findall(r'in (\S+\.txt):', '\n'.join(rpt))) if k != 'tools.txt']
    return '%s: %d s, %s' % (case, time.time() - t0, 'identical' if not rpt else
                             'VARIES frames=%s other=%s' % (sorted(fr), sorted(set(re.findall(r'in (\S+):', '\n'.join(rpt))) - set(fr))))

if __name__ == '__main__':
    if sys.argv[1:2] == ['--inner']:
        inner(sys.argv[2], sys.argv[3]); sys.exit(0)
    import argparse
    p = argparse.ArgumentParser(); p.add_argument('--repeat', type=int, default=3)
    p.add_argument('--jobs', type=int, default=2); p.add_argument('case', nargs='+')
    a = p.parse_args()
    for c in [c for c in a.case if os.path.exists(c + '/needs-vrf')]:
        print('%s: left out, it needs a kernel with VRF: oracle/oracle capture' % c); a.case.remove(c)
    with ThreadPoolExecutor(a.jobs) as ex:
        for r in ex.map(lambda c: case_run(c, a.repeat), a.case):
            print(r, flush=True)

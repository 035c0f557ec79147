#!/usr/bin/env python3
"""Compare captures of a simulator with a case's goldens, frame by frame.

usage: compare.py GOLDEN_DIR PCAP_DIR [-v] [--without-lo] [--timing SECONDS]

GOLDEN_DIR  a case's golden/ folder (or the case folder itself)
PCAP_DIR    folder with one pcap/pcapng per interface named NS.IF.pcap[ng] (NS-IF and NS_IF are also
            understood), and/or pcapng files holding several interfaces whose if_name is NS.IF, NS/IF,
            NS:IF, NS-IF or NS_IF; or a single such pcapng file
Prints 'N of M interfaces identical' and the first difference of each other one.  Exit 0 only if all are.
Only the normalisations listed in normalise.py are tolerated, plus what the case's compare.json grants:
  {"mode": "exact"}                 (default) same lines, same order
  {"mode": "per-source"}            same lines; order only within each source MAC
  {"mode": "multiset"}              same lines in any order
  {"interfaces": {"NS.IF": "..."}}  mode for one interface
  {"ecmp": {"paths": ["NS.A","NS.B"], "skip": [...]}}
      hash choice is free: the forward IPv4 frames of the path interfaces, MACs removed and joined, must be
      the same multiset as in the golden; every flow must stay on one path; every path must be used.
      Interfaces in "skip" are not compared.  'fields' (l3|l4) says what a flow is; 'phases' true permits a
      flow to change path (link went down in between).
An interface whose golden is empty passes only if the capture is empty or absent.
"""
import difflib, json, os, re, sys
from collections import Counter
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import normalise as N

def key(s):
    return re.sub(r'[./:_-]', '.', s)

def load(path, start=0):
    """-> {normalised interface key: [(t, line)]}, without what was before `start`"""
    out = {}
    fs = [path] if os.path.isfile(path) else [os.path.join(d, f) for d, _, x in os.walk(path) for f in sorted(x)]
    for f in fs:
        if not re.search(r'\.(pcap|pcapng|cap)$', f):
            continue
        stem = re.sub(r'\.(pcap|pcapng|cap)$', '', os.path.basename(f))
        r = N.normalise(f)
        if not r:
            r = {None: []}
        for n, ls in r.items():
            if n is None or (len(r) == 1 and re.match(r'if\d+$', n)) or (len(r) == 1 and '.' not in key(n)):
                n = stem
            n = re.sub(r'^lab[./]', '', n)              # machine `lab` of to_scenario.py
            # The recorder listens when all is set up: what the set-up itself causes (listener reports) it does not see.
            out.setdefault(key(n), []).extend((t, l) for t, l in ls if t > start - 1e-6)
    return out

def groups(lines):
    g = {}
    for l in lines:
        g.setdefault(l.split(' ', 1)[0], []).append(l)
    return g

def same(mode, a, b):
    if mode == 'multiset':
        return Counter(a) == Counter(b)
    if mode == 'per-source':
        return groups(a) == groups(b)
    return a == b

def first_diff(mode, a, b):
    if mode == 'multiset':
        m = list((Counter(a) - Counter(b)).elements()); x = list((Counter(b) - Counter(a)).elements())
        return 'missing: %s\n      extra:   %s' % (m[0] if m else '-', x[0] if x else '-')
    if mode == 'per-source':
        ga, gb = groups(a), groups(b)
        for k in sorted(set(ga) | set(gb)):
            if ga.get(k, []) != gb.get(k, []):
                a, b = ga.get(k, []), gb.get(k, [])
                break
    for i in range(max(len(a), len(b))):
        p = a[i] if i < len(a) else '(end of golden)'
        q = b[i] if i < len(b) else '(end of capture)'
        if p != q:
            return 'frame %d\n      golden:  %s\n      capture: %s' % (i + 1, p, q)

def flow(l, fields):
    m = re.search(r'IPv4 (\S+) > (\S+) .*?(ICMP echo-request|UDP (\S+) > (\S+)|TCP (\S+) > (\S+))', l)
    if not m:
        return None
    return m.group(1, 2) if fields == 'l3' else (m.group(1), m.group(2), m.group(3))

def ecmp(c, gold, got):
    paths, fields = c['paths'], c.get('fields', 'l3')
    strip = lambda l: l.split(' ', 3)[3]
    fwd = lambda ls: [strip(l) for l in ls if flow(l, fields)]
    # echo ids are numbered per interface by first appearance: meaningless after a free path choice
    noid = lambda ls: Counter(re.sub(r'\bid=I\d+', 'id=I', x) for x in ls)
    ga, gb = [x for p in paths for x in fwd(gold[p])], [x for p in paths for x in fwd(got.get(key(p), []))]
    if noid(ga) != noid(gb):
        return 'forward frames differ: ' + first_diff('multiset', [*noid(ga).elements()], [*noid(gb).elements()])
    used, where = set(), {}
    for p in paths:
        for l in got.get(key(p), []):
            f = flow(l, fields)
            if f:
                used.add(p); where.setdefault(f, set()).add(p)
    if len(used) < len(paths):
        return 'path not used: %s' % sorted(set(paths) - used)
    if not c.get('phases'):
        for f, w in where.items():
            if len(w) > 1:
                return 'flow %s uses several paths' % (f,)
    return None

def main():
    a = [x for x in sys.argv[1:] if not x.startswith('-')]
    if len(a) < 2:
        raise SystemExit(__doc__)
    tol = None
    if '--timing' in sys.argv:
        v = sys.argv[sys.argv.index('--timing') + 1]; a.remove(v); tol = float(v)
    gd, pd = a[:2]
    if os.path.isdir(os.path.join(gd, 'golden')):
        gd = os.path.join(gd, 'golden')
    cj = os.path.join(gd, '..', 'compare.json')
    conf = json.load(open(cj)) if os.path.exists(cj) else {}
    gold = {}
    for n in sorted(json.load(open(os.path.join(gd, 'meta.json')))):
        if n.endswith('.lo') and '--without-lo' in sys.argv:
            continue
        gold[n] = open(os.path.join(gd, n + '.txt')).read().splitlines()
    raw = load(pd, N.setup_time(os.path.join(gd, '..')))
    got = {k: [l for _, l in v] for k, v in raw.items()}
    ec = conf.get('ecmp')
    skip = set(ec['paths'] + ec.get('skip', [])) if ec else set()
    ok, tot, msgs, lines_ok, lines_tot = 0, 0, [], 0, 0
    for n, g in gold.items():
        if n in skip:
            continue
        tot += 1
        mode = conf.get('interfaces', {}).get(n, conf.get('mode', 'exact'))
        h = got.get(key(n))
        lines_tot += len(g)
        if h is not None:
            lines_ok += sum((Counter(g) & Counter(h)).values())
        if h is None and g:
            msgs.append('  %s: no capture (golden has %d frames)' % (n, len(g)))
        elif same(mode, g, h or []):
            if tol is not None and mode == 'exact' and g:
                t = [float(l.split(' ')[0]) for l in open(os.path.join(gd, 'timing', n + '.txt'))]
                hh = raw[key(n)]
                # From frame to frame: what starting a program costs on a real machine does not add up.
                pauses = [(t[i] - t[i - 1], hh[i][0] - hh[i - 1][0]) for i in range(1, len(t))]
                bad = [i for i, (real, ours) in enumerate(pauses) if abs(real - ours) > tol + 0.01]
                if bad:
                    i = bad[0]
                    msgs.append('  %s: pause before frame %d: golden %.2f, capture %.2f: %s' % (
                        n, i + 2, pauses[i][0], pauses[i][1], g[i + 1]))
                    continue
            ok += 1
            if '-v' in sys.argv:
                msgs.append('  %s: identical, %d frames (%s)' % (n, len(g), mode))
        else:
            msgs.append('  %s: golden %d frames, capture %d (%s); first difference: %s' % (
                n, len(g), len(h or []), mode, first_diff(mode, g, h or [])))
    if ec:
        tot += 1
        m = ecmp(ec, gold, got)
        if m:
            msgs.append('  ecmp(%s): %s' % (','.join(ec['paths']), m))
        else:
            ok += 1
    extra = sorted(k for k in got if k not in {key(n) for n in gold} and got[k] and not k.endswith('.lo'))
    print('%d of %d interfaces identical (%d of %d golden frames present)' % (ok, tot, lines_ok, lines_tot))
    print('\n'.join(msgs + (['  not in the golden (ignored): ' + ' '.join(extra)] if extra else [])).rstrip())
    sys.exit(0 if ok == tot else 1)

if __name__ == '__main__':
    main()

#!/usr/bin/env python3
"""Run every recorded case in the simulator and compare frame by frame.

usage: check_cases.py [--vrfsim PATH] [-v] [--timing SECONDS] [--keep DIR] [CASE...]

CASE is a part of a case's name (`vrf/`, `mtu/path-mtu`); without one, all of Cases/ are checked, one after the other.
--vrfsim  the program to check (default: $VRFSIM, else .build/release/vrfsim or .build/debug/vrfsim of this package)
-v        also print the first difference of every interface that differs
--timing  also compare the pause before each frame of an interface (goldens hold hundredths of a second)
--keep    keep each case's scenario.json and captures in DIR/TOPIC/NAME
Prints one line a case (`N of M interfaces identical`) and a total.  Exit 1 if anything differs, 2 if nothing was checked.
A case that needs what the simulator does not do yet has a file `not-supported` with the words of the refusal: it counts as
refused as long as `vrfsim run` exits with 2 and these words, and fails when it no longer does.
A case that may differ says so in its compare.json (see compare.py) and why in its README.md.
"""
import argparse, json, os, re, shutil, subprocess, sys, tempfile
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
import normalise
CASES = os.path.normpath(os.path.join(HERE, '..', 'Cases'))
PACKAGE = os.path.normpath(os.path.join(HERE, '..', '..', '..'))
SECONDS_A_CASE = 120


class Failed(Exception):
    pass


class Refused(Exception):
    pass


def run(what, *command, **k):
    try:
        r = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_A_CASE, **k)
    except subprocess.TimeoutExpired:
        raise Failed('%s: no end after %d s' % (what, SECONDS_A_CASE))
    return r


def find_cases(filters):
    names = sorted(os.path.relpath(d, CASES) for d, _, files in os.walk(CASES) if 'traffic.sh' in files)
    return [n for n in names if not filters or any(f in n for f in filters)]


def simulate(vrfsim, case, out):
    """-> the finished run; the scenario and the captures are in `out`"""
    scenario = run('to_scenario', sys.executable, HERE + '/to_scenario.py', case)
    if scenario.returncode:
        raise Failed('to_scenario: ' + last_line(scenario.stderr))
    asked = json.loads(scenario.stdout)
    asked['timeline'] += [{'id': 'connections-' + n, 'on': 'lab/' + n, 'run': 'conntrack -L'} for n in sorted(connections(case))]
    with open(out + '/scenario.json', 'w') as f:
        json.dump(asked, f, indent=1)
    r = run('vrfsim', vrfsim, 'run', out + '/scenario.json', '--pcap', out + '/pcap', '--json')
    with open(out + '/result.json', 'w') as f:
        f.write(r.stdout)
    expected = case + '/not-supported'
    if os.path.exists(expected):
        words = open(expected).read().strip()
        if r.returncode == 2 and words in r.stderr:
            raise Refused(words)
        raise Failed('expected the refusal "%s", but vrfsim exited with %d: %s' % (words, r.returncode, r.stderr.strip()))
    # 2 is a scenario that was not accepted; any death by a signal is a defect of its own
    if r.returncode not in (0, 1):
        raise Failed('vrfsim: exit %d: %s' % (r.returncode, (r.stderr or r.stdout).strip()))
    return r


def connections(case):
    """The recorded tables of connections, by namespace; empty for a case that is recorded without (no use-conntrack)"""
    if not os.path.exists(case + '/use-conntrack'):
        return {}
    with open(case + '/golden/state.json') as f:
        return {n: s['conntrack'] for n, s in json.load(f).items()}


def last_line(text):
    return (text.strip().splitlines() or ['(no output)'])[-1]


# What a case is compared by.  Each comparison takes (case, out, options) and returns (identical, total, unit, details).
# The frames are one, the connections that are tracked at the end a second one; the text and exit codes of the tools
# (golden/tools.txt) can be a third one here.
def compare_frames(case, out, options):
    c = [sys.executable, HERE + '/compare.py', case, out + '/pcap']
    if options.timing is not None:
        c += ['--timing', str(options.timing)]
    if not os.path.isdir(out + '/pcap'):
        raise Failed('vrfsim wrote no captures')
    r = run('compare', *c)
    m = re.match(r'(\d+) of (\d+) interfaces identical', r.stdout)
    if not m:
        raise Failed('compare: ' + last_line(r.stderr))
    return int(m.group(1)), int(m.group(2)), 'interfaces', r.stdout.splitlines()[1:]


def compare_connections(case, out, options):
    recorded = connections(case)
    if not recorded:
        return 0, 0, 'tables of connections', []
    with open(out + '/result.json') as f:
        outputs = {e.get('id', ''): e.get('stdout', '') for e in json.load(f)['timeline']}
    same, details = 0, []
    for n, golden in sorted(recorded.items()):
        ours = sorted(normalise.connection(l) for l in outputs['connections-' + n].splitlines())
        same += ours == golden
        if ours != golden:
            details.append('  connections of %s' % n)
            details += ['    linux  ' + l for l in golden if l not in ours] + ['    vrfsim ' + l for l in ours if l not in golden]
    return same, len(recorded), 'tables of connections', details


COMPARISONS = [compare_frames, compare_connections]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--vrfsim', default=os.environ.get('VRFSIM'))
    p.add_argument('-v', '--verbose', action='store_true')
    p.add_argument('--timing', type=float)
    p.add_argument('--keep', metavar='DIR')
    p.add_argument('case', nargs='*')
    o = p.parse_args()
    o.vrfsim = o.vrfsim or next((x for x in (PACKAGE + '/.build/release/vrfsim', PACKAGE + '/.build/debug/vrfsim') if os.path.exists(x)), None)
    if not o.vrfsim or not os.access(o.vrfsim, os.X_OK):
        print('check_cases: no vrfsim to run: build it, or say --vrfsim PATH', file=sys.stderr)
        return 2
    names = find_cases(o.case)
    if not names:
        print('check_cases: no case matches %s' % ' '.join(o.case), file=sys.stderr)
        return 2
    width = max(map(len, names))
    good_cases, refused, same, total = 0, 0, {}, {}
    for name in names:
        out = os.path.join(o.keep, name) if o.keep else tempfile.mkdtemp(prefix='check-case.')
        if o.keep:
            shutil.rmtree(out, ignore_errors=True)
            os.makedirs(out)
        case, good, said, details = os.path.join(CASES, name), True, [], []
        try:
            simulate(o.vrfsim, case, out)
            for comparison in COMPARISONS:
                n, m, unit, more = comparison(case, out, o)
                if not m:
                    continue
                same[unit] = same.get(unit, 0) + n
                total[unit] = total.get(unit, 0) + m
                good = good and n == m
                said.append('%d of %d %s identical' % (n, m, unit))
                details += more
        except Refused as e:
            refused += 1
            said.append('refused, as known: ' + str(e))
        except Failed as e:
            good, said = False, said + ['FAILED ' + str(e).split('\n')[0]]
            details += ['  ' + l for l in str(e).split('\n')[1:]]
        finally:
            if not o.keep:
                shutil.rmtree(out, ignore_errors=True)
        good_cases += good
        print('%-4s %-*s  %s' % ('ok' if good else 'DIFF', width, name, ', '.join(said)), flush=True)
        if o.verbose:
            print(''.join(d + '\n' for d in details), end='', flush=True)
    print('%d of %d cases identical, %d refused as known%s' % (good_cases - refused, len(names), refused, ''.join('; %d of %d %s' % (same[u], total[u], u) for u in same)))
    return 0 if good_cases == len(names) else 1


if __name__ == '__main__':
    sys.exit(main())

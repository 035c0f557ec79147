#!/usr/bin/env python3
"""Run the shipped scenarios on the real kernel, as `vrfsim export iproute2` writes them, and compare every frame.

usage: export_parity.py [--vrfsim PATH] [-v] [--oracle] [SCENARIO...]

SCENARIO is a part of a scenario's folder (`links/`); without one all of scenarios/ are run.  Needs root and Linux: exit 3 without.
A scenario whose devices or queueing disciplines this kernel does not have is named as not run, with what it lacks; so is one in
whose timeline containers come back or change their networks, with the reason.
With --oracle, those run in the kernel of oracle/oracle, which has them and has to be built.
A scenario that differs is run once more: timers of the kernel may be late.  Exit 1 if any differs twice.
"""
import argparse, base64, io, json, os, re, shutil, subprocess, sys, tarfile, tempfile
import compare, random_parity

HERE = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, '..', '..', '..'))
SECONDS_A_SCENARIO = 120
# Listener reports and router solicitations are sent after times that the kernel draws (RFC 3810 section 6.1, RFC 7559).
RANDOM_IN_TIME = re.compile(r' ICMPv6 (mldv2-report|rs) ')


def lacking(script):
    """-> what the script needs and this kernel has not"""
    probes = [('vrf', r'type vrf', 'ip link add probe type vrf table 1'), ('dummy', r'type dummy', 'ip link add probe type dummy'),
              ('vlan', r'type vlan', 'ip link add link lo2 name probe type vlan id 1'),
              ('vlan_filtering', r'vlan_filtering 1', 'ip link add probe type bridge vlan_filtering 1'),
              ('netem', r'^quality ', 'tc qdisc add dev lo root netem delay 1ms')]
    return [what for what, pattern, command in probes if re.search(pattern, script, re.M)
            and subprocess.run(['unshare', '-n', 'sh', '-c', 'ip link add lo2 type veth peer name lo3; ' + command],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode]


# What a line of the timeline does that cannot be compared, and why.
INCOMPARABLE = [
    (r'docker (restart|start)', 'its containers stop and start, and a capture ends with its interface'),
    (r'docker network (connect|disconnect)', 'its lines take this kernel seconds and the simulator none: neighbors are asked again meanwhile'),
]


def incomparable(path):
    """-> why the timeline cannot be compared; None where it can"""
    with open(path) as file:
        lines = [entry.get('run', '') for entry in json.load(file).get('timeline', [])]
    return next((why for pattern, why in INCOMPARABLE if any(re.match(pattern, line) for line in lines)), None)


def run_here(script, captures):
    with open(captures + '.sh', 'w') as file:
        file.write(script)
    subprocess.run(['bash', captures + '.sh'], env=dict(os.environ, CAPTURES=captures), stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=SECONDS_A_SCENARIO)


def run_in_oracle(script, captures):
    """The oracle reads a script from its standard input, and only what it prints comes out."""
    encoded = base64.b64encode(script.encode()).decode()
    words = 'echo %s | base64 -d >/tmp/script.sh; CAPTURES=/tmp/captures bash /tmp/script.sh >/dev/null 2>&1\n' % encoded
    words += 'echo @@@; tar cC /tmp/captures . | base64 -w 0; echo; echo @@@\n'
    done = subprocess.run([os.path.join(HERE, 'oracle', 'oracle'), 'sh'], input=words, capture_output=True, text=True, timeout=SECONDS_A_SCENARIO)
    parts = done.stdout.split('@@@')
    if len(parts) == 3:
        tarfile.open(fileobj=io.BytesIO(base64.b64decode(parts[1]))).extractall(captures)


def differences(vrfsim, scenario, script, folder, run):
    """Runs both; -> (number of interfaces, lines that tell what differs)"""
    for name in ('real', 'simulated'):
        shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
    real, simulated = os.path.join(folder, 'real'), os.path.join(folder, 'simulated')
    run(script, real)
    subprocess.run([vrfsim, 'run', scenario, '--quiet', '--pcap', simulated], check=True)
    golden, seen = compare.load(real), compare.load(simulated)
    texts = []
    for name in sorted(set(golden) | set(seen)):
        a, b = ([line for _, line in frames.get(name, []) if not RANDOM_IN_TIME.search(line)] for frames in (golden, seen))
        if name.endswith('.lo'):                            # the loopback device never fills in a checksum
            a = [line.removesuffix(' BADCSUM:tcp').removesuffix(' BADCSUM:udp') for line in a]
        if a != b:
            texts.append('  %s: kernel %d frames, simulator %d; first difference: %s' % (name, len(a), len(b), compare.first_diff('exact', a, b)))
    return len(golden), texts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--vrfsim', default=os.path.join(ROOT, '.build', 'release', 'vrfsim'))
    parser.add_argument('-v', action='store_true')
    parser.add_argument('--oracle', action='store_true')
    parser.add_argument('scenarios', nargs='*')
    options = parser.parse_args()
    why = random_parity.refusal(oracle=False, ipv6=False, filter=False)
    if why:
        print('exported scenarios: NOT RUN, nothing was compared with the kernel: ' + why)
        sys.exit(3)
    identical = interfaces = failed = left = 0
    # Of a lab the solution; what is broken at its start need not be comparable.
    paths = sorted(os.path.join(d, f) for d, _, files in os.walk(os.path.join(ROOT, 'scenarios')) for f in files
                   if f in ('scenario.json', 'solution.json'))
    for path in paths:
        name = os.path.relpath(path, os.path.join(ROOT, 'scenarios')).removesuffix('.json').removesuffix('/scenario')
        if options.scenarios and not any(s in name for s in options.scenarios):
            continue
        script = subprocess.run([options.vrfsim, 'export', 'iproute2', path], capture_output=True, text=True, check=True).stdout
        missing = lacking(script)
        if missing and not options.oracle:
            left += 1
            print('---- %-40s not run: this kernel has no %s' % (name, ', no '.join(missing)))
            continue
        why = incomparable(path)
        if why:
            left += 1
            print('---- %-40s not run: %s' % (name, why))
            continue
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):
                count, texts = differences(options.vrfsim, path, script, folder, run_in_oracle if missing else run_here)
                if count and not texts:
                    break
        if count and not texts:
            identical += 1
            interfaces += count
            print('ok   %-40s %d of %d interfaces identical' % (name, count, count))
        else:
            failed += 1
            print('DIFF %-40s %d of %d interfaces identical' % (name, count - len(texts), count))
            if options.v:
                print('\n'.join(texts))
    print('exported scenarios: %d identical on %d interfaces, %d differ, %d not run' % (identical, interfaces, failed, left))
    sys.exit(1 if failed or not identical else 0)


if __name__ == "__main__":
    main()

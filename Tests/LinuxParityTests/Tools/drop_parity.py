#!/usr/bin/env python3
"""Run scenarios on the real kernel, as `vrfsim export iproute2` writes them, and compare why packets were dropped, and how often.

usage: drop_parity.py [--vrfsim PATH] [--any-kernel] [SCENARIO...]

SCENARIO is a file; without one those of Tests/ScenarioTests/DropReasons, one for each reason.  The kernel tells its drops by the trace
event skb:kfree_skb, which needs root and tracefs: exit 3 without, and on kernels other than 6.18, whose reasons may have other names
(--any-kernel compares nevertheless).  What cannot be compared is named with the reason.
A scenario that differs is run twice more: other packets of this machine are dropped too, and timers may be late.
Exit 1 if any differs each time.
"""
import argparse, collections, json, os, re, shutil, subprocess, sys, tempfile
from export_parity import ROOT, SECONDS_A_SCENARIO, lacking
import random_parity

TRACING = '/sys/kernel/tracing'
EVENT = 'events/skb/kfree_skb/enable'
SECONDS_TO_WATCH = 4
RUNS = 3
KERNEL = (6, 18)

# Functions that free packets of this machine's own programs, captures and devices, and of what they ask the kernel.
UNRELATED = re.compile(r'netlink|unix|packet_|tpacket|rtnl|nl|inet_rtm|netif_napi|virtio|skb_queue_purge|__skb_queue_purge|inet_sock_destruct|sk_stream')

# What one side alone can have, and why.
INCOMPARABLE = {
    'IP_OUTNOROUTES': 'the kernel makes no packet where there is no route for an answer',
    'DEV_HDR': 'a frame without a whole header cannot be sent',
    'NEIGH_CREATEFAIL': 'gc_thresh3 is one for all namespaces',
    'SIM_CONNECTION_TABLE_FULL': 'nf_conntrack_max is one for all namespaces',
    'SIM_FRAME_TOO_LONG': 'the kernel gives no reason',
    'UNHANDLED_PROTO': 'a capture of the interface takes what nobody else reads',
}


def write(name, text):
    with open(os.path.join(TRACING, name), 'w') as file:
        file.write(text)


def refusal(any_kernel):
    """-> why the kernel's drops cannot be seen here; None where they can"""
    release = os.uname().release
    if not any_kernel and not re.match(r'%d\.%d\b' % KERNEL, release):
        return 'this kernel is %s, not %d.%d' % ((release,) + KERNEL)
    why = random_parity.refusal(oracle=False, ipv6=False, filter=False)
    if why:
        return why
    if not os.path.exists(os.path.join(TRACING, EVENT)):
        subprocess.run(['mount', '-t', 'tracefs', 'nodev', TRACING], stderr=subprocess.DEVNULL)
    return None if os.path.exists(os.path.join(TRACING, EVENT)) else 'this kernel does not tell its drops (skb:kfree_skb)'


# Sends the frames of a capture by an interface, as they are.
SEND = """python3 - {capture} {interface} <<'SEND'
import socket, struct, sys
data = open(sys.argv[1], 'rb').read()
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((sys.argv[2], 0))
place = 24
while place < len(data):
    length, = struct.unpack_from('<I', data, place + 8)
    link.send(data[place + 16:place + 16 + length])
    place += 16 + length
SEND"""


def with_senders(scenario, folder):
    """Replays are pauses for the export, which tells where they are; -> (that scenario, what to put there in the script)

    A frame that comes into an interface is sent by the one at the other end of its cable."""
    scenario, senders = json.loads(json.dumps(scenario)), {}
    for place, entry in enumerate(scenario['timeline']):
        if 'replay' not in entry:
            continue
        into = entry['replay']['into']
        far = next((end for link in scenario.get('links', []) if into in link['endpoints'] for end in link['endpoints'] if end != into), None)
        if far is None:
            return scenario, None
        machine, interface = far.split(':')
        mark = 'replay %d' % place
        capture = os.path.join(folder, entry['replay']['file'])
        senders['# ' + mark] = 'on %s %s' % (machine, SEND.format(capture=capture, interface=interface))
        scenario['timeline'][place] = {'pause': '1s', 'description': mark}
    return scenario, senders


def kernel_drops(script, folder):
    """-> how often the kernel dropped a packet, by reason"""
    path = os.path.join(folder, 'script.sh')
    with open(path, 'w') as file:
        file.write(script)
    write('trace', '')
    write(EVENT, '1')
    try:
        subprocess.run(['bash', path], env=dict(os.environ, CAPTURES=os.path.join(folder, 'captures')), stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=SECONDS_A_SCENARIO)
    finally:
        write(EVENT, '0')
    with open(os.path.join(TRACING, 'trace')) as file:
        drops = re.findall(r'kfree_skb: .*location=(\S+?)(?:\+\S*)? reason: (\S+)', file.read())
    return collections.Counter(reason for location, reason in drops if not UNRELATED.match(location))


def simulated_drops(vrfsim, path):
    done = subprocess.run([vrfsim, 'run', '--json', path], capture_output=True, text=True, check=True)
    drops = collections.Counter()
    for drop in json.loads(done.stdout)['drops']:
        drops[drop['reason']] += drop['count']
    return drops


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--vrfsim', default=os.path.join(ROOT, '.build', 'release', 'vrfsim'))
    parser.add_argument('--any-kernel', action='store_true')
    parser.add_argument('scenarios', nargs='*')
    options = parser.parse_args()
    why = refusal(options.any_kernel)
    if why:
        print('reasons of drops: NOT RUN, nothing was compared with the kernel: ' + why)
        sys.exit(3)
    reasons = os.path.join(ROOT, 'Tests', 'ScenarioTests', 'DropReasons')
    paths = options.scenarios or sorted(os.path.join(reasons, name) for name in os.listdir(reasons) if name.endswith('.json'))
    identical = failed = left = 0
    for path in paths:
        name = os.path.basename(path).removesuffix('.json') if not options.scenarios else path
        with open(path) as file:
            scenario = json.load(file)
        scenario['timeline'].append({'pause': '%ds' % SECONDS_TO_WATCH})
        scenario.pop('expect', None)
        with tempfile.TemporaryDirectory() as folder:
            watched, sent = os.path.join(folder, 's.json'), os.path.join(folder, 'sent.json')
            for entry in scenario['timeline']:
                if 'replay' in entry:
                    shutil.copy(os.path.join(os.path.dirname(path), entry['replay']['file']), folder)
            plain, senders = with_senders(scenario, folder)
            for file_name, content in ((watched, scenario), (sent, plain)):
                with open(file_name, 'w') as file:
                    json.dump(content, file)
            exported = subprocess.run([options.vrfsim, 'export', 'iproute2', sent], capture_output=True, text=True)
            script = exported.stdout
            for mark, sender in (senders or {}).items():
                script = script.replace(mark + '\n', sender + '\n')
            missing = lacking(script)
            why = (INCOMPARABLE.get(name) or (exported.returncode and re.sub(r'\n.*', '', exported.stderr.split('error: ')[-1], flags=re.S))
                   or (missing and 'this kernel has no ' + ', no '.join(missing)))
            if why:
                left += 1
                print('---- %-40s not run: %s' % (name, why))
                continue
            simulated = simulated_drops(options.vrfsim, watched)
            for _ in range(RUNS):
                real = kernel_drops(script, folder)
                if real == simulated:
                    break
        if real == simulated:
            identical += 1
            print('ok   %-40s %s' % (name, ', '.join('%s %d' % each for each in sorted(real.items())) or 'none'))
        else:
            failed += 1
            print('DIFF %-40s kernel %s; simulator %s' % (name, dict(sorted(real.items())), dict(sorted(simulated.items()))))
    print('reasons of drops: %d identical, %d differ, %d not run' % (identical, failed, left))
    sys.exit(1 if failed or not identical else 0)


main()

#!/usr/bin/env python3
"""Throws damaged scenarios and questions at `vrfsim run`, `check`, `trace`, `explain` and `show`: each must end by itself with exit code 0, 2 or 4.

usage: fuzz.py --vrfsim PATH [--seconds N] [--seed N]

Mutations of the shipped scenarios are drawn from a seed, so a failure can be replayed: the seed and the file are printed.
A crash, a hang (10 s), or an exit code 2 without a message is a failure.
"""
import argparse, glob, os, random, re, subprocess, sys, tempfile, time

WORDS = ['"', '{', '}', '[', ']', ',', ':', '0', '-1', '1e9', '99999999999999999999', '"10.0.0.1/33"', '"\\ud800"', 'null', 'true',
         '255.255.255.255', '0.0.0.0/0', '127.0.0.1', 'eth0', 'lo', 'vrf', 'via', 'dev', 'default', 'unreachable', '-c', '-i', '-s',
         '65535', '"up": false', '"mtu": 68', 'ip link del eth0', 'ip addr flush dev eth0', 'down', '\\n', '`ip netns`', '$(ip link)']


QUESTIONS = ['%s udp 10.0.0.1:5 -> 10.0.0.2:9 ttl 3', '%s icmp -> 2001:db8::2', '%s tcp 10.0.0.9:80 > 192.0.2.1:443 df size 1400',
             '%s:eth0 icmp 10.9.9.9 -> 10.0.0.2 mark 0x1']
ROUTES = ['10.0.0.2', '10.1.0.1 from 10.0.0.1 iif eth0', '2001:db8::1', '192.0.2.1 vrf red mark 3']
COMMANDS = ['ip route show table all', 'ip -j -d link', 'ip rule', 'iptables -nvL', 'conntrack -L', 'bridge fdb', 'sysctl net.ipv4.ip_forward']


def question(text, path, random):
    """-> a verb that asks, with words that may be damaged"""
    names = re.findall(r'"(\w+)": *\{ *"(?:interfaces|forwarding|vrfs|namespaces|docker)', text) or ['h1']
    name = random.choice(names)
    def damaged(words):
        return mutate(words, random).replace('\0', '') if random.random() < 0.4 else words
    at = random.choice([[], ['--at', '1s'], ['--at', damaged('2500ms')]])
    return random.choice([
        ['trace', path, damaged(random.choice(QUESTIONS) % name), '--both-ways', '--why-not'] + at,
        ['trace', path, '--json', '--both-ways'],
        ['explain', path, damaged(name), damaged(random.choice(ROUTES))] + at,
        ['show', path, name, damaged(random.choice(COMMANDS))] + at,
    ])


def mutate(text, random):
    for _ in range(random.randint(1, 4)):
        place = random.randrange(len(text) + 1)
        kind = random.randrange(5)
        if kind == 0:
            text = text[:place] + random.choice(WORDS) + text[place:]
        elif kind == 1:
            text = text[:place] + text[place + random.randint(1, 12):]
        elif kind == 2:
            other = random.randrange(len(text) + 1)
            piece = text[other:other + random.randint(1, 40)]
            text = text[:place] + piece + text[place:]
        elif kind == 3:
            # Replace one number by another: ranges, not only syntax.
            digits = [i for i, c in enumerate(text) if c.isdigit()]
            if digits:
                at = random.choice(digits)
                text = text[:at] + str(random.choice([0, 1, 7, 31, 32, 255, 256, 65536])) + text[at + 1:]
        else:
            text = text[:place] + chr(random.choice([0, 9, 127, 233, 0x1f600, 65, 92])) + text[place:]
    return text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--vrfsim', required=True)
    parser.add_argument('--seconds', type=float, default=20)
    parser.add_argument('--seed', type=int, default=1)
    options = parser.parse_args()
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
    corpus = sorted(glob.glob(os.path.join(root, 'scenarios', '*', '*', 'scenario.json')))
    if not corpus:
        sys.exit('fuzz: no scenarios to begin with')
    texts = [open(path).read() for path in corpus]
    end = time.monotonic() + options.seconds
    seed, codes, failures = options.seed, {}, 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 's.json')
        while time.monotonic() < end:
            draw = random.Random(seed)
            text = draw.choice(texts)
            verb = draw.choice([['run', path, '--until', '5s'], ['check', path], question(text, path, draw)])
            if verb[0] in ('run', 'check') or draw.random() < 0.2:
                text = mutate(text, draw)
            with open(path, 'w', encoding='utf-8', errors='surrogatepass') as file:
                file.write(text)
            try:
                done = subprocess.run([options.vrfsim] + verb, capture_output=True, timeout=10, env=dict(os.environ, SWIFT_BACKTRACE='enable=no'))
                code, message = done.returncode, done.stderr
            except subprocess.TimeoutExpired:
                code, message = 'hang', b''
            codes[code] = codes.get(code, 0) + 1
            if code not in (0, 2, 4) or (code == 2 and not message):
                failures += 1
                keep = 'fuzz-failure-%d.json' % seed
                with open(keep, 'w', encoding='utf-8', errors='surrogatepass') as file:
                    file.write(text)
                print('FAILED seed %d: vrfsim %s: %s, kept as %s' % (seed, ' '.join(verb), code, keep))
                print(message.decode(errors='replace')[-500:])
                if failures >= 5:
                    break
            seed += 1
    print('fuzz: seeds %d to %d, exit codes %s' % (options.seed, seed - 1, ', '.join('%s: %d' % item for item in sorted(codes.items(), key=str))))
    print('fuzz: %d passed, %d failed' % (seed - options.seed - failures, failures))
    sys.exit(1 if failures or seed == options.seed else 0)


main()

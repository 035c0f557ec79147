#!/usr/bin/env python3
"""Throws damaged scenarios at `vrfsim run` and `vrfsim check`: each must end by itself with exit code 0, 2 or 4.

usage: fuzz.py --vrfsim PATH [--seconds N] [--seed N]

Mutations of the shipped scenarios are drawn from a seed, so a failure can be replayed: the seed and the file are printed.
A crash, a hang (10 s), or an exit code 2 without a message is a failure.
"""
import argparse, glob, os, random, subprocess, sys, tempfile, time

WORDS = ['"', '{', '}', '[', ']', ',', ':', '0', '-1', '1e9', '99999999999999999999', '"10.0.0.1/33"', '"\\ud800"', 'null', 'true',
         '255.255.255.255', '0.0.0.0/0', '127.0.0.1', 'eth0', 'lo', 'vrf', 'via', 'dev', 'default', 'unreachable', '-c', '-i', '-s',
         '65535', '"up": false', '"mtu": 68', 'ip link del eth0', 'ip addr flush dev eth0', 'down', '\\n', '`ip netns`', '$(ip link)']


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
            text = mutate(draw.choice(texts), draw)
            with open(path, 'w', encoding='utf-8', errors='surrogatepass') as file:
                file.write(text)
            verb = draw.choice([['run', path, '--until', '5s'], ['check', path]])
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
                print('FAILED seed %d: vrfsim %s: %s, kept as %s' % (seed, verb[0], code, keep))
                print(message.decode(errors='replace')[-500:])
                if failures >= 5:
                    break
            seed += 1
    print('fuzz: seeds %d to %d, exit codes %s' % (options.seed, seed - 1, ', '.join('%s: %d' % item for item in sorted(codes.items(), key=str))))
    print('fuzz: %d passed, %d failed' % (seed - options.seed - failures, failures))
    sys.exit(1 if failures or seed == options.seed else 0)


main()

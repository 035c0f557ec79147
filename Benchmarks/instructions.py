#!/usr/bin/env python3
"""Counts the instructions that a routed hop takes, and holds them: they do not depend on what else the machine does.

usage: instructions.py --vrfsim PATH [--update]

A line of 10 routers is run under callgrind, with few packets and with more; the difference is what the packets cost, the sender's and the
receiver's share included. Fails where that is more than 3 % above what instructions.txt says, and asks to lower that where it is as much
below. --update writes the file: do that with a change that is worth it, and say in its message why.
Exit code 3 where valgrind is missing.
"""
import argparse, json, os, shutil, subprocess, sys, tempfile
import networks

ROUTERS, FEW, MORE, TOLERANCE = 10, 200, 2_200, 0.03
FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'instructions.txt')


def count(vrfsim, scenario, folder):
    path, out = os.path.join(folder, 'scenario.json'), os.path.join(folder, 'out')
    with open(path, 'w') as file:
        json.dump(scenario, file)
    done = subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=' + out, vrfsim, 'run', path, '--quiet'], capture_output=True, text=True)
    if done.returncode:
        sys.exit('instructions: vrfsim ended with %d: %s' % (done.returncode, done.stderr[-500:]))
    with open(out) as file:
        return next(int(line.split()[1]) for line in file if line.startswith(('summary:', 'totals:')))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--vrfsim', required=True)
    parser.add_argument('--update', action='store_true')
    options = parser.parse_args()
    if not shutil.which('valgrind'):
        print('instructions: skipped, valgrind is missing')
        sys.exit(3)
    with tempfile.TemporaryDirectory() as folder:
        few, more = (count(options.vrfsim, networks.line(ROUTERS, packets), folder) for packets in (FEW, MORE))
    measured = round((more - few) / (MORE - FEW) / ROUTERS)
    if options.update:
        with open(FILE, 'w') as file:
            file.write('%d\n' % measured)
        print('instructions: %d a routed hop, written' % measured)
        return
    with open(FILE) as file:
        bound = int(file.read())
    change = measured / bound - 1
    print('instructions: %d a routed hop, %+.1f %% against %d' % (measured, change * 100, bound))
    if change > TOLERANCE:
        sys.exit('instructions: more than %d %% above; `python3 Benchmarks/instructions.py --vrfsim PATH --update` where that is worth it' % (TOLERANCE * 100))
    if change < -TOLERANCE:
        print('instructions: lower the bound with --update')


main()

"""What is compared of a random case, and what is left out.

Left out of the state, because it depends on when it is read or on numbers that other namespaces of the machine have a part in:
  neighbors   INCOMPLETE and FAILED are one state: the last question may be given up while the states are read
  links       counters, but for the drops of veth devices with carrier; `link_netnsid`, an index given in order of use
  addresses   lifetimes
  fdb         group addresses; ages; but for cases with VLANs entries of a VLAN, which kernels without VLAN filtering do not list
Routes, neighbors and forwarding entries are compared as sets, rules in their order.  A case whose only difference is the order of
frames whose own timers expire less than 0.2 s apart is unstable; so is one of listener reports that two senders send at once.
"""
import json, re
from collections import Counter
import compare, record


class Difference:
    """Something that the kernel and the simulator do not have in common."""
    def __init__(self, kind, where, kernel, simulator):
        self.kind, self.where, self.kernel, self.simulator = kind, where, kernel, simulator

    def text(self):
        return '%s %s\n      kernel:    %s\n      simulator: %s' % (self.kind, self.where, self.kernel, self.simulator)


class Observation:
    """A run: `frames` {NS.IF: [(time, line)]}, `commands` [(command, text, exit code)], `state` {NS: {object: [line]}}."""
    def __init__(self, frames, commands, state, end, warning=''):
        self.frames, self.commands, self.state, self.end, self.warning = frames, commands, state, end, warning


# Timers of the kernel are up to 64 ms late each time: frames that are farther apart than the first and closer than the second,
# in seconds, may come in either order; those later than the third may come after the end of the recording.
SAME_CAUSE, TOO_CLOSE, TOO_LATE = 0.005, 0.2, 0.3


def are_reports(first, second):
    """Whether two frames are listener reports of two senders: each goes at a random time within some ms."""
    return 'mldv2-report' in first and 'mldv2-report' in second and first.split()[0] != second.split()[0]


def is_race(kernel, simulator, end):
    """Whether the frames [(time, line)] of an interface differ only in the order of some that have causes of their own, too close
    to each other in time, or in what came just before the end of the simulation."""
    if len(simulator) > len(kernel) and simulator[len(kernel)][0] > end - TOO_LATE:
        simulator = simulator[:len(kernel)]
    if Counter(l for _, l in kernel) != Counter(l for _, l in simulator):
        return False
    place, seen = {}, Counter()
    for i, (_, line) in enumerate(simulator):
        place[line, seen[line]] = i
        seen[line] += 1
    seen, order = Counter(), []
    for _, line in kernel:
        order.append(place[line, seen[line]])
        seen[line] += 1
    for i in range(len(order)):
        for j in range(i + 1, len(order)):
            if order[i] > order[j]:
                (first, line), (second, other) = simulator[order[i]], simulator[order[j]]
                gap = abs(first - second)
                if not (SAME_CAUSE < gap < TOO_CLOSE or gap <= SAME_CAUSE and are_reports(line, other)):
                    return False
    return True


def differences(kernel, simulator):
    out = []
    for name in sorted(kernel.frames):
        timed, simulated = kernel.frames[name], simulator.frames.get(compare.key(name), simulator.frames.get(name, []))
        a, b = [l for _, l in timed], [l for _, l in simulated]
        if a != b:
            i = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
            out.append(Difference('order' if is_race(timed, simulated, simulator.end) else 'frames', '%s, frame %d (%d and %d in all)' % (name, i + 1, len(a), len(b)),
                                  a[i] if i < len(a) else '(no more)', b[i] if i < len(b) else '(no more)'))
    for a, b in zip(kernel.commands, simulator.commands):
        if a[2] is not None and b[2] is not None and a[2] != b[2]:
            out.append(Difference('exit code', a[0], '%s: %s' % (a[2], a[1].strip()), '%s: %s' % (b[2], b[1].strip())))
        elif a[1] != b[1] and sorted(a[1].split('\n')) != sorted(b[1].split('\n')):
            x, y = a[1].split('\n'), b[1].split('\n')
            out.append(Difference('text', a[0], ' | '.join(l for l in x if l not in y), ' | '.join(l for l in y if l not in x)))
    if len(kernel.commands) != len(simulator.commands):
        out.append(Difference('commands', 'number', len(kernel.commands), len(simulator.commands)))
    for ns in sorted(kernel.state):
        for what in kernel.state[ns]:
            a, b = kernel.state[ns][what], simulator.state[ns][what]
            if a != b:
                out.append(Difference('state of ' + what, ns, '  '.join(x for x in a if x not in b) or '-',
                                      '  '.join(x for x in b if x not in a) or '-'))
    return out


def word(line):
    return re.sub(r'\b(from \S+:)(3[3-9]|[45])\d{4}\b|\b(from \S+:)(60\d{3}|32[89]\d\d)\b', lambda m: (m.group(1) or m.group(3)) + 'E', line)


# What the older kernel with VRF does not say yet, and what it says instead.
NEWER_SENTENCES = {
    'Error: ipv4: Address already assigned.': 'File exists',
    'Error: ipv6: address already assigned.': 'File exists',
    'Error: ipv6: address not found.': 'Cannot assign requested address',
    'Error: ipv6: IPv6 is disabled on this device.': 'Permission denied',
}


def tidy(text):
    """Of what a command printed, the part that the simulator can have in common with the kernel."""
    text = record.norm_tools(text)
    text = re.sub(r'(?m)^rtt .*\n?', '', text)
    for newer, older in NEWER_SENTENCES.items():
        text = text.replace(newer, 'RTNETLINK answers: ' + older)
    return '\n'.join(word(l.rstrip()) for l in text.split('\n') if l.strip())


def state(objects, vlans=False):
    """objects: {name: what `ip -j` and `bridge -j` said} -> {name: [line]}"""
    line = lambda d, *without: json.dumps({k: v for k, v in d.items() if k not in without}, sort_keys=True)
    out = {'route': sorted(line({k: v for k, v in r.items() if k != 'flags' or v}) for r in objects['route']),
           'rule': [line(r) for r in objects['rule']], 'neigh': [], 'addr': [], 'link': [], 'fdb': []}
    if 'rule6' in objects:
        out['rule6'] = [line(r) for r in objects['rule6']]
    for n in objects['neigh']:
        n = {k: n[k] for k in ('dst', 'dev', 'lladdr', 'state') if k in n}
        n['state'] = ['INCOMPLETE or FAILED' if s in ('INCOMPLETE', 'FAILED') else s for s in n['state']]
        out['neigh'].append(line(n))
    for l in objects['addr']:
        l = dict(l, addr_info=[{k: v for k, v in a.items() if not k.endswith('life_time')} for a in l.get('addr_info', [])])
        out['addr'].append(line(l, 'link_netnsid', 'link_index', 'qdisc'))
    for l in objects['link']:
        s = l.get('stats64', {})
        if l.get('ifname', '').startswith(('br', 'lo')) or 'NO-CARRIER' in l['flags'] or 'MASTER' in l['flags']:
            s = {}
        l = dict(l, dropped='rx %(dropped)s tx ' % s['rx'] + '%(dropped)s' % s['tx'] if s else '')
        out['link'].append(line(l, 'link_netnsid', 'link_index', 'qdisc', 'stats64'))
    for f in objects['fdb']:
        if not f['mac'].startswith(('33:33', '01:00:5e')) and (vlans or 'vlan' not in f):
            out['fdb'].append(line({k: f[k] for k in ('mac', 'vlan', 'ifname', 'master', 'state', 'flags') if k in f}))
    # a kernel with VLAN filtering has its forwarding entries twice, for VLAN 1 too
    return dict(out, neigh=sorted(out['neigh']), fdb=sorted(set(out['fdb'])))

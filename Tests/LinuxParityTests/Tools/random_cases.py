"""Random cases: `case(seed)` is a topology with its perturbations and traffic, as the lines of setup.sh and traffic.sh.

Most cases have hosts that reach each other over some routers; a few things are then made odd (a wrong route, a filter, a rule, an
address twice, a link down).  Only words that the simulator knows are used.  What makes a case comparable: every device has a MAC
address, bridges have `mcast_snooping 0`, every command of the traffic starts at a time of its own (`at_`), and the times and those
of the packets that follow are apart from each other modulo a second, because that is when ARP asks again.
"""
import random
import random_changes as changes
import random_filter, random_devices, random_ipv6, random_vrfs

class Interface:
    def __init__(self, node, name, segment, address, mac):
        self.node, self.name, self.segment, self.address, self.mac = node, name, segment, address, mac
        # the veth end, which may be below the interface; what is above it; whether its port has its VLAN tagged
        self.device, self.device_mac, self.above, self.trunk = name, mac, [], False

class Node:
    def __init__(self, name, forwards):
        self.name, self.forwards, self.interfaces, self.vrfs = name, forwards, [], {}

    def on(self, segment):
        return next((i for i in self.interfaces if i.segment is segment), None)

class Segment:
    """A link: two ends of a veth pair, a bridge in a namespace of its own with any number of ports, or a dummy."""
    def __init__(self, number, network, length, switched):
        self.number, self.network, self.length, self.switched, self.interfaces = number, network, length, switched, []
        self.switch, self.filtering, self.vlan = None, False, 0

    @property
    def prefix(self):
        return '%s.0/%d' % (self.network, self.length)

    def host(self, number):
        return '%s.%d' % (self.network, number)

class IPv6Segment(Segment):
    @property
    def prefix(self):
        return '%s:/%d' % (self.network, self.length)

    def host(self, number):
        return '%s:%x' % (self.network, number)

class Topology:
    # `step`: ms between commands of one change.  One after the other at once, unless they lead to frames of their own.
    namespace, forwarding, step = 'ns ', 'fwd ', 0

    def __init__(self, rng):
        self.rng, self.nodes, self.segments, self.setup = rng, [], [], []
        self.changes, self.traffic = changes.CHANGES, None
        # what words of the family are: random_changes or random_ipv6
        self.words, self.ip = changes, 'ip'

    # ---------------------------------------------------------------- making
    def node(self, name, forwards=False):
        n = Node(name, forwards)
        self.nodes.append(n)
        return n

    def segment(self, switched=False):
        k = len(self.segments) + 1
        network = self.network(k)
        s = self.segment_of(k, network, switched)
        self.segments.append(s)
        return s

    def network(self, k):
        return '10.%d.%d' % (10 + k, self.rng.randint(0, 3))

    def segment_of(self, k, network, switched):
        return Segment(k, network, self.rng.choice([24, 24, 24, 25, 28, 29]), switched)

    def attach(self, node, segment):
        host = len(segment.interfaces) + 1
        name = 'eth%d' % len(node.interfaces)
        mac = '02:00:%02x:%02x:00:%02x' % (segment.number, host, len(node.interfaces))
        i = Interface(node, name, segment, segment.host(host), mac)
        node.interfaces.append(i)
        segment.interfaces.append(i)
        return i

    def join(self, a, b):
        s = self.segment()
        self.attach(a, s)
        self.attach(b, s)
        return s

    @property
    def vrfs(self):
        return [name for n in self.nodes for name in n.vrfs]

    @property
    def hosts(self):
        return [n for n in self.nodes if not n.forwards]

    @property
    def routers(self):
        return [n for n in self.nodes if n.forwards]

    @property
    def interfaces(self):
        return [i for n in self.nodes for i in n.interfaces]

    # ---------------------------------------------------------------- ways
    def first_hop(self, node, target):
        """-> (gateway's interface, own interface) toward a segment by the shortest way; None where it is attached or unreachable"""
        seen, queue = {node}, [(node, None)]
        while queue:
            n, first = queue.pop(0)
            if n is not node and not n.forwards:
                continue
            if any(i.segment is target for i in n.interfaces):
                return first
            for i in n.interfaces:
                for o in i.segment.interfaces:
                    if o.node not in seen:
                        seen.add(o.node)
                        queue.append((o.node, first or (o, i)))
        return None

    def routes(self):
        """-> the lines that make everything reach everything"""
        return [l for n in self.nodes for l in self.routes_of(n)]

    def routes_of(self, n):
        ways = [(s, self.first_hop(n, s)) for s in self.segments if not n.on(s)]
        ways = [(s, w) for s, w in ways if w]
        gateways = {w[0] for _, w in ways}
        if ways and (not n.forwards or len(gateways) == 1 and self.rng.random() < 0.5):
            return ['ip -n %s route add default %s' % (n.name, self.by(ways[0][1], False))]
        return ['ip -n %s route add %s %s' % (n.name, s.prefix, self.by(w, True)) for s, w in ways]

    def by(self, way, may_name):
        """A way (gateway's interface, own interface) as words of a route, which may name the device"""
        return 'via %s%s' % (way[0].address, ' dev ' + way[1].name if may_name and self.rng.random() < 0.3 else '')

    def build(self):
        out = []
        for n in self.nodes:
            out.append(self.namespace + n.name)
        for s in self.segments:
            if s.switched:
                s.switch = 'sw%d' % s.number
                out.append('ns ' + s.switch)
                out.append('ip -n %s link add br0 address 02:00:%02x:ff:00:00 type bridge mcast_snooping 0%s' %
                           (s.switch, s.number, ' vlan_filtering 1' if s.filtering else ''))
        out += [self.forwarding + n.name for n in self.routers]
        for s in self.segments:
            if s.switched:
                for k, i in enumerate(s.interfaces):
                    out.append('ip link add %s netns %s address %s type veth peer name p%d netns %s address 02:00:%02x:%02x:ff:00' %
                               (i.device, i.node.name, i.device_mac, k, s.switch, s.number, k + 1))
                    out.append('ip -n %s link set p%d master br0' % (s.switch, k))
                    out += random_devices.port_lines(s, i, 'p%d' % k)
                    out.append('up %s p%d' % (s.switch, k))
                out.append('up %s br0' % s.switch)
            elif len(s.interfaces) == 1:
                out += random_devices.alone(s.interfaces[0])
            else:
                a, b = s.interfaces
                out.append('ip link add %s netns %s address %s type veth peer name %s netns %s address %s' %
                           (a.device, a.node.name, a.device_mac, b.device, b.node.name, b.device_mac))
            out += [line for i in s.interfaces for line in i.above]
        self.setup = out
        return out

    def address_lines(self):
        out = []
        for i in self.interfaces:
            out.append(self.address_line(i))
        for n in self.nodes:
            out += ['up %s %s' % (n.name, i.name) for i in n.interfaces]
        return out

    def address_line(self, i):
        brd = ' brd +' if self.rng.random() < 0.15 else ''
        return 'ip -n %s addr add %s/%d%s dev %s' % (i.node.name, i.address, i.segment.length, brd, i.name)

class IPv6Topology(Topology):
    namespace, forwarding, step = 'ns6 ', 'fwd6 ', 60

    def __init__(self, rng):
        super().__init__(rng)
        self.changes, self.traffic, self.words, self.ip = random_ipv6.CHANGES, None, random_ipv6, 'ip -6'

    def network(self, k):
        return 'fd00:%d:%d:' % (10 + k, self.rng.randint(1, 4))

    def segment_of(self, k, network, switched):
        return IPv6Segment(k, network, self.rng.choice([64, 64, 64, 80, 112, 125]), switched)

    def by(self, way, may_name):
        return random_ipv6.route_words(self, way)

    def build(self):
        out = super().build()
        place = next(k for k, l in enumerate(out) if not l.startswith('ns'))
        out[place:place] = random_ipv6.begin(self)
        return out + random_ipv6.end(self)

    def address_line(self, i):
        return random_ipv6.address_line(self, i)

# -------------------------------------------------------------------- shapes
def chain(t):
    length = t.rng.choice([0, 1, 1, 1, 2, 2, 3])
    nodes = [t.node('h1')] + [t.node('r%d' % (k + 1), True) for k in range(length)] + [t.node('h2')]
    for a, b in zip(nodes, nodes[1:]):
        t.join(a, b)

def star(t):
    gw = t.node('r1', True)
    for k in range(t.rng.randint(2, 4)):
        t.join(t.node('h%d' % (k + 1)), gw)

def lan(t):
    s = t.segment(switched=True)
    for k in range(t.rng.randint(1, 2)):
        t.attach(t.node('h%d' % (k + 1)), s)
    for k in range(t.rng.randint(1, 2)):
        r = t.node('r%d' % (k + 1), True)
        t.attach(r, s)
        t.join(r, t.node('h%d' % (k + 4)))

def ring(t):
    routers = [t.node('r%d' % (k + 1), True) for k in range(t.rng.choice([3, 3, 4]))]
    for a, b in zip(routers, routers[1:] + routers[:1]):
        t.join(a, b)
    t.join(t.node('h1'), routers[0])
    t.join(t.node('h2'), routers[t.rng.randint(1, len(routers) - 1)])

def parallel(t):
    a, b = t.node('h1'), t.node(*t.rng.choice([('r1', True), ('h2', False)]))
    t.join(a, b)
    t.join(a, b)
    if b.forwards:
        t.join(b, t.node('h3'))

def one_subnet(t):
    s = t.segment(switched=True)
    a, b = t.node('h1'), t.node(*t.rng.choice([('r1', True), ('h2', False)]))
    for n in (a, b, b):
        t.attach(n, s)
    if t.rng.random() < 0.3:
        t.attach(a, s)
    if b.forwards:
        t.join(b, t.node('h3'))

SHAPES = [(chain, 34), (star, 18), (lan, 20), (ring, 12), (parallel, 10), (one_subnet, 8)]

# -------------------------------------------------------------------- times
class Clock:
    """Start times in ms, apart from the earlier ones and from what these send later, modulo one second."""
    END = 3300

    def __init__(self, rng):
        self.rng, self.free, self.phases = rng, 200, []

    def start(self, duration, sends=(0,)):
        """-> a start time for something that sends at these offsets and ends after `duration`; None where there is no time left"""
        def distance(at):
            # what an earlier packet leads to comes late, up to 60 ms each second
            return min([min((at + o - p) % 1000, 2 * ((p - at - o) % 1000)) for o in sends for p in self.phases] or [500])
        candidates = range(self.free, self.free + 350, 10)
        at = max(candidates, key=lambda c: (min(distance(c), 140), -c))
        if at + duration > self.END:
            return None
        self.phases += [(at + o) % 1000 for o in sends]
        self.free = at + duration + 60
        return at

    def end(self):
        """-> when to end, so that nothing is asked again around the end of the comparison"""
        def distance(end):
            since = [(end + AFTER_END - p) % 1000 for p in self.phases] or [500]
            return min(min(d, 200, 3 * (1000 - d)) for d in since)
        return max(range(self.free, self.free + 500, 10), key=lambda c: (distance(c), -c))

# How long after the end of the traffic frames are compared, in ms.
AFTER_END = 500

def case(seed, vrf=False, ipv6=False, tcp=False, devices=False, filter=False):
    """-> (lines of setup.sh, lines of traffic.sh)"""
    rng = random.Random('%s%s%s%s%s%d' % ('filter ' if filter else '', 'devices ' if devices else '', 'tcp ' if tcp else '', 'ipv6 ' if ipv6 else '', 'vrf ' if vrf else '', seed))
    t = IPv6Topology(rng) if ipv6 else Topology(rng)
    rng.choices([s for s, _ in SHAPES], [w for _, w in SHAPES])[0](t)
    if devices:
        random_devices.draw(t)
    setup = t.build()
    if vrf:
        setup += random_vrfs.devices(t)
        t.changes, t.traffic = random_vrfs.changes_of(t), random_vrfs.traffic
    elif not devices:
        setup += t.words.link_settings(t)
    if devices:
        t.changes = random_devices.changes_of(t, t.changes)
    setup += t.address_lines()
    ways, leaks = random_vrfs.routes(t) if vrf else (t.routes(), [])
    setup += ways
    traffic, clock, ruled = [], Clock(rng), []
    begin(t, traffic, clock, leaks)
    if filter:
        lines, ruled = random_filter.rules(t)
        traffic += ['at_ %d; t %s' % (clock.free + 60 * k, l) for k, l in enumerate(lines)]
        clock.free += 60 * len(lines)
    while True:
        if rng.random() < 0.25:
            lines = random_filter.change(t, ruled) if ruled and rng.random() < 0.3 else changes.change(t, early=False)
            at = clock.start(pause_of(t, lines))
            if at is None:
                break
            traffic += ['at_ %d; t %s' % (at + t.step * k, l) for k, l in enumerate(lines)]
            continue
        if devices and rng.random() < 0.12:
            line, duration, sends = random_devices.question(t)
        elif tcp and rng.random() < 0.5:
            line, duration, sends = changes.connection(t, rng.choice(t.nodes))
        else:
            line, duration, sends = t.traffic(t) if t.traffic and rng.random() < 0.35 else t.words.traffic(t)
        at = clock.start(duration, sends)
        if at is None:
            break
        traffic.append('at_ %d; %s' % (at, line))
    # a service, for some of the datagrams
    if any('udp-send' in l for l in traffic) and rng.random() < 0.6:
        n = rng.choice(t.nodes)
        traffic.insert(0, 'bg %s "$SOCK" udp-echo 7%s --count 9 --timeout 30' % (n.name, ' --bind ::' if ipv6 else ''))
    if any('tcp-send' in l for l in traffic) and rng.random() < 0.8:
        n = rng.choice(t.nodes)
        traffic.insert(0, 'bg %s "$SOCK" tcp-echo 80%s --count 9 --timeout 30' % (n.name, ' --bind ::' if ipv6 else ''))
    if ruled:
        traffic += random_filter.questions(ruled)
    traffic.append('at_ %d; done_' % clock.end())
    return setup, traffic


def moves_link(line):
    return line.endswith((' down', ' up'))


def pause_of(t, lines):
    """How long after the first of these changes nothing else may begin: a lost carrier is noticed up to a second late."""
    return 1150 if any(moves_link(l) for l in lines) else 60 + t.step * (len(lines) - 1)


def begin(t, traffic, clock, leaks):
    """Appends what is odd from the beginning."""
    at = 0
    for lines in [leaks] + [changes.change(t, early=True) for _ in range(t.rng.choice([0, 1, 1, 2, 2, 3, 4]))]:
        for l in lines:
            traffic.append(('at_ %d; t %s' % (at, l)) if t.step else 't ' + l)
            at += t.step
        if any(moves_link(l) for l in lines):
            clock.free = 1250
    clock.free = max(clock.free, at + 60)

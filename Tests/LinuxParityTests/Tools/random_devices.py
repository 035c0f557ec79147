"""VLANs, VLAN-aware bridges, macvlans and dummies for random cases: what is below an interface, and what happens to it.

An interface keeps its name, addresses and routes; the veth end below it is called `low0` for `eth0`, what is between them `mid0`.
"""
VLANS = [10, 20]


def draw(t):
    """Decides what is below the interfaces, and adds dummies with a network of their own."""
    for n in t.rng.sample(t.nodes, min(t.rng.choice([0, 0, 1, 1, 2]), len(t.nodes))):
        s = t.segment()
        t.attach(n, s)
    for s in t.segments:
        x = t.rng.random()
        if len(s.interfaces) < 2:
            continue
        if s.switched:
            s.filtering = x < 0.65
            s.vlan = t.rng.choice([1] + VLANS + VLANS) if s.filtering else t.rng.choice([0, 0] + VLANS)
            for i in s.interfaces:
                i.trunk = t.rng.random() < 0.4 if s.filtering else s.vlan > 0
                put(i, 'vlan' if i.trunk else 'macvlan' if t.rng.random() < 0.3 else '', s.vlan, t)
        elif x < 0.40:
            for i in s.interfaces:
                put(i, 'vlan', 10 * s.number, t)
        elif x < 0.52:
            for i in s.interfaces:
                put(i, 'stacked', 10 * s.number, t)
        elif x < 0.70:
            for i in t.rng.sample(s.interfaces, t.rng.choice([1, 1, 2])):
                put(i, 'macvlan', 0, t)


def put(i, kind, vlan, t):
    """Puts the veth end below a device of this kind, which is the interface; at most one macvlan on a link, because when each hears
    of a broadcast depends on which worker of the kernel runs first."""
    if not kind or kind == 'macvlan' and any('macvlan' in line for o in i.segment.interfaces for line in o.above):
        return
    number, netns = i.name[3:], '-n ' + i.node.name
    i.device = 'low' + number
    up = ['up %s %s' % (i.node.name, i.device)]
    if t.rng.random() < 0.12:
        up.insert(0, 'ip %s link set dev %s mtu %d' % (netns, i.device, t.rng.choice([1400, 1504, 1000])))
    if kind == 'macvlan':
        i.device_mac = i.mac.replace('02:00', '02:01', 1)
        i.above = up + ['ip %s link add %s link %s address %s type macvlan mode %s' %
                        (netns, i.name, i.device, i.mac, t.rng.choice(['bridge', 'bridge', 'vepa', 'private']))]
    elif kind == 'vlan':
        i.above = up + ['ip %s link add link %s name %s address %s type vlan id %d' % (netns, i.device, i.name, i.mac, vlan)]
    else:
        outer, middle = t.rng.choice(['802.1Q', '802.1ad']), 'mid' + number
        # what the other end has is of the same kind: it is drawn once
        outer = i.segment.outer = getattr(i.segment, 'outer', outer)
        i.above = up + ['ip %s link add link %s name %s type vlan protocol %s id %d' % (netns, i.device, middle, outer, vlan),
                        'up %s %s' % (i.node.name, middle),
                        'ip %s link add link %s name %s address %s type vlan id %d' % (netns, middle, i.name, i.mac, vlan + 1)]


def port_lines(s, i, port):
    """Which VLANs the port of a switch belongs to that leads to an interface"""
    if not s.filtering or s.vlan == 1 and not i.trunk:
        return []
    netns = '-n ' + s.switch
    add = 'bridge %s vlan add dev %s vid %d%s' % (netns, port, s.vlan, '' if i.trunk else ' pvid untagged')
    return [add] if s.vlan == 1 else [add, 'bridge %s vlan del dev %s vid 1' % (netns, port)]


def alone(i):
    """An interface that is a dummy"""
    return ['ip -n %s link add %s address %s type dummy' % (i.node.name, i.name, i.mac)]


# -------------------------------------------------------------------- changes
def change(t, early):
    switched = [s for s in t.segments if s.switched]
    if switched and t.rng.random() < 0.6:
        return bridge_change(t, t.rng.choice(switched))
    n = t.rng.choice(t.nodes)
    i = t.rng.choice(n.interfaces)
    x, vlan = t.rng.random(), t.rng.choice(VLANS + [10 * i.segment.number])
    host = i.segment.host(t.rng.randint(4, 6))
    if x < 0.25:
        return ['%s ip link add link %s name v%d type vlan id %d' % (n.name, i.device, vlan, vlan), '%s ip link set dev v%d up' % (n.name, vlan),
                '%s ip addr add %s/%d dev v%d' % (n.name, host, i.segment.length, vlan)]
    if x < 0.45:
        return ['%s ip link add m1 link %s address 02:02:%02x:00:00:01 type macvlan mode %s' %
                (n.name, t.rng.choice([i.device, i.name]), t.nodes.index(n), t.rng.choice(['bridge', 'vepa', 'private'])),
                '%s ip link set dev m1 up' % n.name, '%s ip addr add %s/%d dev m1' % (n.name, host, i.segment.length)]
    if x < 0.60:
        return ['%s ip link add d1 address 02:03:%02x:00:00:01 type dummy' % (n.name, t.nodes.index(n)), '%s ip link set dev d1 up' % n.name,
                '%s ip addr add %s/%d dev d1' % (n.name, host, i.segment.length)]
    if x < 0.75:
        return ['%s ip link set dev %s address 02:04:%02x:00:00:%02x' % (n.name, t.rng.choice([i.device, i.name]), t.nodes.index(n), t.rng.randint(1, 9))]
    if x < 0.88:
        return ['%s ip link set dev %s mtu %d' % (n.name, t.rng.choice([i.device, i.name]), t.rng.choice([1400, 1000, 576, 1500, 9000]))]
    return ['%s ip link del dev %s' % (n.name, t.rng.choice([i.name, 'm1', 'd1', 'v10', 'v20']))]


def bridge_change(t, s):
    port, vlan, x = t.rng.randrange(len(s.interfaces)), t.rng.choice(VLANS + [1, s.vlan or 1]), t.rng.random()
    if x < 0.35:
        return ['%s bridge vlan add dev p%d vid %d%s' % (s.switch, port, vlan, t.rng.choice(['', ' untagged', ' pvid', ' pvid untagged', ' pvid untagged']))]
    if x < 0.55:
        return ['%s bridge vlan del dev p%d vid %d' % (s.switch, port, vlan)]
    if x < 0.75:
        return ['%s ip link set dev br0 type bridge vlan_filtering %d' % (s.switch, t.rng.randint(0, 1))]
    if x < 0.90:
        return ['%s bridge vlan add dev br0 vid %d%s self' % (s.switch, vlan, t.rng.choice(['', ' pvid untagged'])),
                '%s ip link add link br0 name br0.%d type vlan id %d' % (s.switch, vlan, vlan),
                '%s ip link set dev br0.%d up' % (s.switch, vlan),
                '%s ip addr add %s/%d dev %s' % (s.switch, s.host(5), s.length, t.rng.choice(['br0', 'br0.%d' % vlan]))]
    return ['%s bridge fdb replace %s dev p%d master static vlan %d' % (s.switch, t.rng.choice(s.interfaces).mac, port, vlan)]


def question(t):
    """-> (line, longest duration in ms, offsets of what it sends)"""
    switched = [s for s in t.segments if s.switched]
    if switched and t.rng.random() < 0.5:
        s = t.rng.choice(switched)
        return 't %s bridge %s' % (s.switch, t.rng.choice(['vlan show', 'vlan show dev p0', '-j vlan show', '-d link show dev p0'])), 60, []
    i = t.rng.choice(t.interfaces)
    return 't %s ip %s' % (i.node.name, t.rng.choice(['link show', 'link show dev ' + i.name, '-d link show dev ' + i.name, 'link show type vlan',
                                                     'addr show dev ' + i.name])), 60, []


def changes_of(t, changes):
    """Without what the older kernel with these devices does in another way: operational states, frames that a device refuses."""
    return [(c, w) for c, w in changes if c is not t.words.link] + [(change, 40)]

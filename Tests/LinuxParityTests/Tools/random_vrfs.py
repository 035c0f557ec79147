"""VRFs for random cases: routers whose devices are in one or two VRFs, their routes, leaks, and what happens to them."""
TABLES = {'red': 10, 'blue': 20}
UNREACHABLE = 'unreachable default metric 4278198272'


def devices(t):
    """Lines of setup.sh: one or two routers (or a host) get VRFs, and most of their devices go there"""
    out = []
    for n in t.rng.sample(t.routers or t.nodes, min(t.rng.choice([1, 1, 2]), len(t.routers or t.nodes))):
        names = t.rng.choice([['red'], ['red', 'blue'], ['red', 'blue']]) if len(n.interfaces) > 1 else ['red']
        for k, name in enumerate(names):
            mac = '02:00:fe:%02x:%02x:00' % (t.nodes.index(n), k)
            out.append('ip -n %s link add %s address %s type vrf table %d' % (n.name, name, mac, TABLES[name]))
            out.append('up %s %s' % (n.name, name))
            n.vrfs[name] = []
        for i in n.interfaces:
            name = t.rng.choice(names + [None]) if t.rng.random() < 0.35 else names[0] if t.rng.random() < 0.6 else names[-1]
            i.vrf = name
            if name:
                out.append('ip -n %s link set dev %s master %s' % (n.name, i.name, name))
                n.vrfs[name].append(i)
    return out


def vrf_of(i):
    return getattr(i, 'vrf', None)


def leak(t, n, name, target):
    """-> how table `name` of a router leads to the interface `target` of another VRF, or of none"""
    other = vrf_of(target)
    others = [i for i in target.segment.interfaces if i is not target]
    ways = ['dev %s' % target.name]
    if other:
        ways += ['dev %s' % other] * 2
    if others:
        ways.append('via %s dev %s' % (t.rng.choice(others).address, target.name))
    return t.rng.choice(ways)


def routes(t):
    """-> (lines of setup.sh that always work, commands that may be refused: the leaks)"""
    out, leaks = [], []
    for n in t.nodes:
        if not n.vrfs:
            out += t.routes_of(n)
            continue
        domains = list(n.vrfs) + [None]
        for s in t.segments:
            own, way = n.on(s), None if n.on(s) else t.first_hop(n, s)
            if way:
                name = vrf_of(way[1])
                out.append('ip -n %s route add %s via %s%s' % (n.name, s.prefix, way[0].address, ' vrf ' + name if name else ''))
            target = own or way and way[1]
            for name in domains:
                if target and vrf_of(target) != name and t.rng.random() < 0.6:
                    line = leak(t, n, name, target)
                    if own or line.startswith('dev '):
                        leaks.append('%s ip route add %s %s%s' % (n.name, s.prefix, line, ' vrf ' + name if name else ''))
        out += ['ip -n %s%s route add %s vrf %s' % (n.name, t.ip[2:], UNREACHABLE, name) for name in n.vrfs if t.rng.random() < 0.6]
    return out, leaks


def vrf_nodes(t):
    return [n for n in t.nodes if n.vrfs]


def vrf_change(t, early):
    n = t.rng.choice(vrf_nodes(t))
    name = t.rng.choice(list(n.vrfs))
    i = t.rng.choice(n.interfaces)
    x = t.rng.random()
    if x < 0.14:
        return ['%s ip link set dev %s nomaster' % (n.name, i.name)]
    if x < 0.28:
        return ['%s ip link set dev %s master %s' % (n.name, i.name, name)]
    if x < 0.50:
        return ['%s %s route %s %s %s%s' % (n.name, t.ip, t.rng.choice(['add', 'add', 'replace', 'append']), t.words.prefix(t), leak(t, n, name, i),
                                           t.rng.choice([' vrf ' + name, ' vrf ' + name, '']))]
    if x < 0.60:
        return ['%s %s route del %s vrf %s' % (n.name, t.ip, t.rng.choice([s.prefix for s in t.segments] + ['default']), name)]
    if x < 0.68:
        return ['%s %s route add %s vrf %s' % (n.name, t.ip, t.rng.choice([UNREACHABLE, 'blackhole default', 'throw ' + t.words.prefix(t)]), name)]
    if x < 0.76:
        return ['%s %s rule add pref 32765 table local' % (n.name, t.ip), '%s %s rule del pref 0' % (n.name, t.ip)]
    if x < 0.84:
        return ['%s ip addr add %s dev %s' % (n.name, t.rng.choice(t.words.vrf_addresses(i)), name)]
    if x < 0.94:
        return ['%s sysctl -qw net.ipv4.%s_l3mdev_accept=%d' % (n.name, t.rng.choice(['udp', 'udp', 'raw']), t.rng.randint(0, 1))]
    if x < 0.97:
        return ['%s %s rule add %s lookup %d pref 500' % (n.name, t.ip, t.rng.choice(['iif ' + i.name, 'oif ' + i.name]),
                                                         t.rng.choice([10, 20, 254]))]
    return ['%s ip link del dev %s' % (n.name, name)]


def traffic(t):
    """-> (line, longest duration in ms, offsets of what it sends): of a router itself, in a VRF"""
    n = t.rng.choice(vrf_nodes(t))
    name = t.rng.choice(list(n.vrfs))
    i = t.rng.choice(n.interfaces)
    x = t.rng.random()
    bound = t.rng.choice([name, name, i.name])
    if x < 0.45:
        return 't %s ping -n -c 1 -W 0.3 -I %s %s' % (n.name, bound, t.words.address(t)), 330, [0]
    if x < 0.60:
        return 't %s ip vrf exec %s ping -n -c 1 -W 0.3 %s' % (n.name, name, t.words.address(t)), 450, [0, 60]
    if x < 0.70:
        return ('t %s ip vrf exec %s "$SOCK" udp-send %s 7 --timeout 0.2' % (n.name, name, t.words.address(t)), 480, [0, 100])
    if x < 0.85:
        return 't %s %s route get %s %s' % (n.name, t.ip, t.words.address(t), t.rng.choice(['vrf ' + name, 'oif ' + name, 'oif ' + i.name])), 60, []
    return 't %s %s route show %s' % (n.name, t.ip, t.rng.choice(['vrf ' + name, 'table %d' % TABLES[name], ''])), 60, []


def changes_of(t):
    """Without what the older kernel with VRF does in another way: operational states, frames that a device refuses."""
    return [(c, w) for c, w in t.words.CHANGES if c is not t.words.link] + [(vrf_change, 40)]

"""What random cases do: the oddities (`change`) and the packets (`traffic`).

A change is a list of command lines `NAMESPACE COMMAND`; one that the kernel refuses is welcome, its exit code is compared too.
"""

SPECIAL = ['unreachable', 'prohibit', 'blackhole', 'throw']
TABLES = [100, 100, 200]
FAR = ['192.0.2.0/24', '198.51.100.0/25', '203.0.113.7']

def one_of(t, *choices):
    return t.rng.choice(choices)

def chance(t, p):
    return t.rng.random() < p

def any_node(t):
    # routers are where most is decided
    return t.rng.choice(t.routers * 2 + t.nodes)

def any_interface(t, node=None):
    return t.rng.choice(node.interfaces if node else t.interfaces)

def address(t):
    """An address to send to: mostly one that exists"""
    i = any_interface(t)
    x = t.rng.random()
    if x < 0.84:
        return i.address
    if x < 0.90:
        return '%s.%d' % (i.segment.network, 5)           # nobody's, in every length
    if x < 0.93:
        return broadcast(i)
    if x < 0.97:
        return t.rng.choice(['192.0.2.1', '198.51.100.7', '203.0.113.7', '198.51.100.200'])
    return t.rng.choice(['127.0.0.1', '127.1.2.3', '10.11.0.200'])

def vrf_addresses(i):
    """Addresses for a VRF device"""
    return ['127.0.0.1/8', '192.0.2.1/32', i.address + '/32']

def broadcast(i):
    return '%s.%d' % (i.segment.network, 2 ** (32 - i.segment.length) - 1)

def prefix(t):
    """A destination of a route"""
    i = any_interface(t)
    x = t.rng.random()
    if x < 0.40:
        return i.segment.prefix
    if x < 0.60:
        return i.address
    if x < 0.75:
        return '%s.0/%d' % (i.segment.network, one_of(t, 25, 26, 30, 31))
    if x < 0.85:
        return t.rng.choice(FAR)
    if x < 0.95:
        return 'default'
    return '10.0.0.0/%d' % one_of(t, 8, 9, 12)

def gateway(t, node):
    """-> (address, own interface): mostly a neighbor"""
    own = any_interface(t, node)
    others = [i for i in own.segment.interfaces if i is not own]
    if others and chance(t, 0.88):
        return t.rng.choice(others).address, own
    return one_of(t, own.address, '%s.6' % own.segment.network, any_interface(t).address, broadcast(own)), own

# -------------------------------------------------------------------- changes
def link_settings(t, both=(0.12, (1400, 1300, 1000, 600)), one=(0.15, (1400, 1000, 9000))):
    """Lines of setup.sh: MTUs, of both ends of a link or of one"""
    out = []
    for s in t.segments:
        x = t.rng.random()
        if x < both[0]:
            mtu = t.rng.choice(both[1])
            for i in s.interfaces:
                out.append('ip -n %s link set %s mtu %d' % (i.node.name, i.name, mtu))
        elif x < one[0]:
            i = t.rng.choice(s.interfaces)
            out.append('ip -n %s link set %s mtu %d' % (i.node.name, i.name, t.rng.choice(one[1])))
    return out

def route_attributes(t, node, own):
    words = ''
    if chance(t, 0.25):
        words += ' metric %d' % one_of(t, 5, 10, 100, 200)
    if chance(t, 0.15):
        words += ' src %s' % (any_interface(t, node).address if chance(t, 0.9) else '10.99.99.99')
    if chance(t, 0.25):
        words += ' table %d' % t.rng.choice(TABLES)
    if chance(t, 0.06):
        words += ' mtu %d' % one_of(t, 1400, 1000, 576)
    if chance(t, 0.05):
        words += ' tos 0x10'
    return words

def route(t, early):
    n = any_node(t)
    verb = one_of(t, 'add', 'add', 'add', 'replace', 'replace', 'append', 'change', 'prepend')
    p = prefix(t)
    x = t.rng.random()
    if x < 0.22:
        words = '%s %s' % (t.rng.choice(SPECIAL), p)
        if chance(t, 0.3):
            words += ' metric %d' % one_of(t, 5, 50, 4278198272)
        if chance(t, 0.25):
            words += ' table %d' % t.rng.choice(TABLES)
        return ['%s ip route %s %s' % (n.name, verb, words)]
    g, own = gateway(t, n)
    if x < 0.32:
        return ['%s ip route %s %s dev %s%s%s' % (n.name, verb, p, own.name, one_of(t, '', '', ' scope link', ' scope host'),
                                                 route_attributes(t, n, own))]
    if x < 0.42:
        g = any_interface(t).address
        return ['%s ip route %s %s via %s dev %s onlink%s' % (n.name, verb, p, g, own.name, route_attributes(t, n, own))]
    return ['%s ip route %s %s via %s%s%s' % (n.name, verb, p, g, one_of(t, '', ' dev ' + own.name), route_attributes(t, n, own))]

def route_deletion(t, early):
    n = any_node(t)
    p = t.words.prefix(t) if chance(t, 0.5) else t.rng.choice([s.prefix for s in t.segments] + ['default'])
    words = one_of(t, '', '', '', ' table 100', ' metric %d' % t.words.METRIC, ' via %s' % t.words.gateway(t, n)[0],
                   ' dev %s' % any_interface(t, n).name)
    return ['%s %s route del %s%s' % (n.name, t.ip, p, words)]

def way(t, node):
    """How a route leads to a gateway"""
    return 'via %s' % gateway(t, node)[0]

def tables(t, early):
    """A table with a way of its own, and a rule that leads there"""
    n = any_node(t)
    table = t.rng.choice(TABLES)
    g = t.words.way(t, n)
    out = ['%s %s route add %s %s table %d' % (n.name, t.ip, one_of(t, 'default', t.words.prefix(t)), g, table)]
    if chance(t, 0.4):
        out.append('%s %s route add %s %s table %d' % (n.name, t.ip, t.rng.choice(SPECIAL), t.words.prefix(t), table))
    return out + t.words.rule(t, early, n, table)

def selector(t, n):
    words = []
    x = t.rng.random()
    if x < 0.30:
        words.append('from %s' % one_of(t, any_interface(t).address, any_interface(t).segment.prefix))
    elif x < 0.50:
        words.append('to %s' % one_of(t, any_interface(t).address, any_interface(t).segment.prefix))
    elif x < 0.68:
        words.append('iif %s' % one_of(t, any_interface(t, n).name, any_interface(t, n).name, 'lo'))
    elif x < 0.78:
        words.append('oif %s' % any_interface(t, n).name)
    elif x < 0.84:
        words.append('fwmark 7')
    elif x < 0.90:
        words.append('tos 0x10')
    elif x < 0.96:
        words.append(one_of(t, 'ipproto udp', 'ipproto icmp', 'ipproto udp dport 7', 'ipproto udp sport 5000-5002'))
    else:
        words.append('from all')
    if chance(t, 0.08):
        words.insert(0, 'not')
    return ' '.join(words)

def rule(t, early, n=None, table=None):
    n = n or any_node(t)
    preference = t.rng.randint(1, 9) * 100
    words = selector(t, n)
    if table or chance(t, 0.6):
        words += ' lookup %s' % (table or one_of(t, 100, 200, 'main', 'main suppress_prefixlength 0', 'main suppress_prefixlength 24'))
    else:
        words += ' ' + one_of(t, 'unreachable', 'prohibit', 'blackhole', 'goto 32766', 'goto %d' % (preference + 150))
    return ['%s ip rule add %s pref %d' % (n.name, words, preference)]

def rule_deletion(t, early):
    n = any_node(t)
    return ['%s ip rule del %s' % (n.name, one_of(t, 'pref 32767', 'pref 100', 'lookup 100', 'pref 32766'))]

NAMESPACE_SETTINGS = [('ip_forward', '01'), ('icmp_echo_ignore_all', '01'), ('icmp_echo_ignore_broadcasts', '001'),
                      ('icmp_errors_use_inbound_ifaddr', '1'), ('ip_default_ttl', ('1', '2', '3', '255')), ('fwmark_reflect', '1')]
DEVICE_SETTINGS = [('rp_filter', '112'), ('rp_filter', '112'), ('arp_ignore', '123'), ('arp_announce', '12'), ('arp_filter', '1'),
                   ('accept_local', '1'), ('send_redirects', '0'), ('accept_redirects', '0'), ('secure_redirects', '0'),
                   ('shared_media', '0'), ('forwarding', '01'), ('route_localnet', '1'), ('promote_secondaries', '1'),
                   ('arp_accept', '1'), ('ignore_routes_with_linkdown', '1'), ('arp_ignore', '8')]

def setting(t, early):
    n = any_node(t)
    if chance(t, 0.3):
        key, values = t.rng.choice(NAMESPACE_SETTINGS)
        return ['%s sysctl -qw net.ipv4.%s=%s' % (n.name, key, t.rng.choice(values))]
    key, values = t.rng.choice(DEVICE_SETTINGS)
    device = one_of(t, 'all', 'all', 'default', any_interface(t, n).name, any_interface(t, n).name, any_interface(t, n).name)
    return ['%s sysctl -qw net.ipv4.conf.%s.%s=%s' % (n.name, device, key, t.rng.choice(values))]

def neighbor_address(t, other):
    return other.address

def spare(segment, number=5):
    """An address of the link's network that nobody has"""
    return segment.host(number)

def neighbor(t, early):
    n = any_node(t)
    own = any_interface(t, n)
    other = t.rng.choice([i for i in own.segment.interfaces if i is not own] or [own])
    a = t.words.neighbor_address(t, other)
    x = t.rng.random()
    if x < 0.4:
        return ['%s ip neigh replace %s lladdr %s dev %s nud %s' % (n.name, a, other.mac, own.name,
                                                                   one_of(t, 'permanent', 'permanent', 'stale', 'reachable', 'noarp'))]
    if x < 0.6:
        return ['%s ip neigh replace %s lladdr 02:00:00:00:00:99 dev %s nud %s' % (n.name, a, own.name,
                                                                                  one_of(t, 'permanent', 'stale', 'reachable'))]
    if x < 0.8:
        return ['%s ip neigh del %s dev %s' % (n.name, a, own.name)]
    if x < 0.9:
        return ['%s %s neigh flush dev %s' % (n.name, t.ip, own.name)]
    return ['%s ip neigh add %s lladdr %s dev %s nud %s' % (n.name, one_of(t, t.words.address(t), spare(own.segment)), other.mac, own.name,
                                                           one_of(t, 'permanent', 'stale'))]

def own_address(t, early):
    n = any_node(t)
    own = any_interface(t, n)
    s = own.segment
    x = t.rng.random()
    if x < 0.25:
        return ['%s ip addr add %s.%d/%d dev %s' % (n.name, s.network, t.rng.randint(4, 6), s.length, own.name)]
    if x < 0.40:
        return ['%s ip addr add %s/%d dev %s' % (n.name, any_interface(t).address, one_of(t, 32, s.length, 24, 16), own.name)]
    if x < 0.55:
        return ['%s ip addr add %s/32 dev lo' % (n.name, one_of(t, '192.0.2.1', '198.51.100.7', any_interface(t).address))]
    if x < 0.62:
        return ['%s ip addr add 10.77.0.1 peer %s dev %s' % (n.name, one_of(t, '10.77.0.2', any_interface(t).address), own.name)]
    if x < 0.70:
        return ['%s ip addr add 10.77.1.1/24 dev %s scope %s' % (n.name, own.name, one_of(t, 'link', 'host'))]
    if x < 0.85:
        return ['%s ip addr del %s/%d dev %s' % (n.name, own.address, s.length, own.name)]
    return ['%s ip addr del %s/%d dev %s' % (n.name, own.address, s.length, own.name),
            '%s ip addr add %s/%d dev %s' % (n.name, own.address, s.length, own.name)]

def link(t, early):
    n = any_node(t)
    own = any_interface(t, n)
    x = t.rng.random()
    if x < 0.55:
        return ['%s ip link set dev %s down' % (n.name, own.name)]
    if x < 0.85:
        return ['%s ip link set dev %s up' % (n.name, own.name)]
    if x < 0.93:
        return ['%s ip link set dev %s mtu %d' % (n.name, own.name, one_of(t, 1400, 1000, 576, 1500))]
    return ['%s ip link set dev %s arp off' % (n.name, own.name)] if early else ['%s ip link set dev %s up' % (n.name, own.name)]

def bridge(t, early):
    switched = [s for s in t.segments if s.switched]
    if not switched:
        return neighbor(t, early)
    s = t.rng.choice(switched)
    port = t.rng.randrange(len(s.interfaces))
    x = t.rng.random()
    if x < 0.6:
        return ['%s bridge link set dev p%d %s' % (s.switch, port, one_of(t, 'isolated on', 'hairpin on', 'learning off', 'flood off',
                                                                        'mcast_flood off', 'bcast_flood off'))]
    if x < 0.75:
        return ['%s bridge fdb replace %s dev p%d master static' % (s.switch, t.rng.choice(s.interfaces).mac, port)]
    if x < 0.88:
        return ['%s ip addr add %s.5/%d dev br0' % (s.switch, s.network, s.length)]
    return ['%s ip link set p%d nomaster' % (s.switch, port)]

CHANGES = [(route, 26), (route_deletion, 6), (tables, 12), (rule, 10), (rule_deletion, 2), (setting, 18), (neighbor, 8), (own_address, 10),
           (link, 5), (bridge, 5)]

def change(t, early):
    return t.rng.choices([c for c, _ in t.changes], [w for _, w in t.changes])[0](t, early)

# -------------------------------------------------------------------- traffic
def traffic(t):
    """-> (line, longest duration in ms, offsets of what it sends)"""
    n = t.rng.choice(t.hosts * 3 + t.nodes)
    x = t.rng.random()
    if x < 0.66:
        return ping(t, n)
    if x < 0.85:
        return datagrams(t, n)
    if x < 0.90:
        return trace(t, n)
    if x < 0.94:
        own = any_interface(t, n)
        target = t.rng.choice(own.segment.interfaces).address if chance(t, 0.8) else address(t)
        return 't %s arping -q -c 1 -w 1 -I %s %s' % (n.name, own.name, target), 1050, [0]
    return question(t, n), 60, []

def target_of(t, n):
    for _ in range(9):
        a = t.words.address(t)
        if not any(i.address == a for i in n.interfaces) or chance(t, 0.1):
            break
    return a

# Of IPv4 and IPv6 alike, with the words of the family.
target_without_zone = target_of
METRIC, TRACEROUTE = 10, 'traceroute -n'
PING_SIZES, DATAGRAM_SIZES = (0, 8, 1000, 1372, 1472, 1473, 2000, 3000, 4000), (0, 1, 1000, 1372, 1472, 1473, 3000)

def ping(t, n):
    count = t.rng.choice([1, 1, 1, 1, 2, 2, 3])
    words = ' -c %d' % count
    if count > 1:
        words += ' -i 0.2'
    if chance(t, 0.25):
        size, discovery = t.rng.choice(t.words.PING_SIZES), one_of(t, 'do', 'dont', 'want')
        if t.vrfs and size > 1472:                         # too long for the port that a leak leads to: see the README
            discovery = 'dont'
        words += ' -s %d -M %s' % (size, discovery)
    if chance(t, 0.15):
        words += ' -t %d' % t.rng.randint(1, 4)
    if chance(t, 0.12):
        x = t.rng.random()
        words += ' -I %s' % (any_interface(t, n).address if x < 0.5 else any_interface(t, n).name if x < 0.95 else t.words.address(t))
    if chance(t, 0.05):
        words += ' -Q 0x10'
    if chance(t, 0.05):
        words += ' -m 7'
    target = t.words.target_of(t, n)
    if target.endswith(('.255', '.127', '.15', '.7')) and chance(t, 0.9):
        words = ' -b' + words
    # what a device refuses is tried again
    again = 300 if any(' -s %d ' % size in words for size in t.words.PING_SIZES if size >= 1000) else 0
    return ('t %s ping -n%s -W 0.3 %s' % (n.name, words, target), 300 + 200 * (count - 1) + 30 + again,
            [200 * k for k in range(count)])

def datagrams(t, n):
    count = one_of(t, 1, 1, 1, 2)
    words = one_of(t, ' --unconnected', '')
    if count > 1:
        words += ' --count 2 --interval 0.1'
    size = t.rng.choice(t.words.DATAGRAM_SIZES) if chance(t, 0.3) else None
    discovery = one_of(t, 'do', 'dont', 'want') if chance(t, 0.2) else None
    if size and size > 1472 and t.vrfs:
        discovery = 'dont'                                 # too long for the port that a leak leads to: see the README
    words += ' --size %d' % size if size is not None else ''
    words += ' --df %s' % discovery if discovery else ''
    if chance(t, 0.1):
        words += ' --ttl %d' % t.rng.randint(1, 3)
    if chance(t, 0.2):
        words += ' --sport %d' % t.rng.randint(5000, 5003)
        if chance(t, 0.4):
            words += ' --src %s' % any_interface(t, n).address
    return ('t %s "$SOCK" udp-send %s %d%s --timeout 0.2' % (n.name, t.words.target_without_zone(t, n), one_of(t, 7, 7, 9), words),
            320 * count + 100, [o + 320 * k for k in range(count) for o in (0, 100)])

def connection(t, n):
    """A connection, a request, its answer and the end; it takes a second where it succeeds."""
    words = ' --size %d' % t.rng.choice([1, 32, 1000, 1448, 1449, 3000]) if chance(t, 0.6) else ''
    if chance(t, 0.15):
        words += ' --sport %d' % t.rng.randint(6000, 6003)
        if chance(t, 0.4):
            words += ' --src %s' % any_interface(t, n).address
    return ('t %s "$SOCK" tcp-send %s %d%s --timeout 0.3' % (n.name, t.words.target_without_zone(t, n), one_of(t, 80, 80, 80, 81), words),
            1400, [0, 200, 400, 600, 800])

def trace(t, n):
    hops = t.rng.randint(2, 4)
    return ('t %s %s -q 1 -N 1 -w 0.2 -m %d %s' % (n.name, t.words.TRACEROUTE, hops, t.words.target_without_zone(t, n)), 210 * hops + 40,
            [210 * k for k in range(hops)])

def question(t, n):
    a = address(t)
    if chance(t, 0.5):
        own = any_interface(t, n)
        other = t.rng.choice(own.segment.interfaces).address if chance(t, 0.7) else address(t)
        return 't %s ip route get %s from %s iif %s' % (n.name, a, other, own.name)
    return 't %s ip route get %s%s' % (n.name, a, one_of(t, '', '', ' from %s' % any_interface(t, n).address, ' oif %s' % any_interface(t, n).name,
                                                        ' mark 7', ' tos 0x10'))

"""IPv6 for random cases: addresses, oddities (`change`) and packets (`traffic`), as random_changes.py has them for IPv4."""
import ipaddress
import random_changes as changes
from random_changes import any_interface, any_node, chance, datagrams, neighbor, one_of, ping, spare, tables, trace

SPECIAL = changes.SPECIAL
METRIC, TRACEROUTE = 256, 'traceroute -n -6'
PING_SIZES, DATAGRAM_SIZES = (0, 8, 1000, 1232, 1233, 1352, 1452, 1453, 2000, 3000, 4000), (0, 1, 1000, 1232, 1352, 1452, 1453, 3000)
FAR = ['2001:db8:1::/48', '2001:db8:2::/64', '2001:db8:3::7']


def link_local(i):
    """The address that an interface makes of its MAC address: modified EUI-64"""
    b = [int(x, 16) for x in i.mac.split(':')]
    return str(ipaddress.IPv6Address(0xfe80 << 112 | int.from_bytes([b[0] ^ 2] + b[1:3] + [0xff, 0xfe] + b[3:], 'big')))

def address(t):
    """An address to send to: mostly one that exists"""
    i = any_interface(t)
    x = t.rng.random()
    if x < 0.86:
        return i.address
    if x < 0.92:
        return spare(i.segment)
    if x < 0.94:
        return i.segment.prefix.split('/')[0]             # the routers of the link, any of them
    if x < 0.98:
        return t.rng.choice(['2001:db8:1::1', '2001:db8:2::7', '2001:db8:3::7', '2001:db8:9::1'])
    return t.rng.choice(['::1', 'fd00:11::99', 'fd00::1'])

def vrf_addresses(i):
    """Addresses for a VRF device"""
    return ['2001:db8:9::1/64', '2001:db8:1::1/128', i.address + '/128']

def prefix(t):
    """A destination of a route"""
    i = any_interface(t)
    x = t.rng.random()
    if x < 0.40:
        return i.segment.prefix
    if x < 0.60:
        return i.address
    if x < 0.75:
        return '%s:/%d' % (i.segment.network, one_of(t, 60, 72, 112, 124, 126))
    if x < 0.85:
        return t.rng.choice(FAR)
    if x < 0.95:
        return 'default'
    return 'fd00::/%d' % one_of(t, 8, 16, 28)

def gateway(t, node):
    """-> (address, own interface, whether the interface must be said): mostly a neighbor"""
    own = any_interface(t, node)
    others = [i for i in own.segment.interfaces if i is not own]
    if others and chance(t, 0.88):
        other = t.rng.choice(others)
        return (link_local(other), own, True) if chance(t, 0.35) else (other.address, own, False)
    return one_of(t, own.address, spare(own.segment, 6), any_interface(t).address, link_local(own), 'fe80::99'), own, chance(t, 0.5)

def way(t, node):
    g, own, must = gateway(t, node)
    return 'via %s%s' % (g, ' dev ' + own.name if must or chance(t, 0.3) else '')

# -------------------------------------------------------------------- setup
def begin(t):
    """Lines of setup.sh: who looks for duplicates of its addresses"""
    if not chance(t, 0.3):
        return []
    return ['set_ %s net.ipv6.conf.all.accept_dad=1 net.ipv6.conf.default.accept_dad=1' % n.name for n in t.nodes]

def end(t):
    """Lines of setup.sh: everybody answers for anycast addresses at once, not after a random time"""
    return ['set_ %s %s' % (n.name, ' '.join('net.ipv6.neigh.%s.proxy_delay=0' % i.name for i in n.interfaces)) for n in t.nodes]

def address_line(t, i):
    return 'ip -n %s addr add %s/%d dev %s%s' % (i.node.name, i.address, i.segment.length, i.name, ' nodad' if chance(t, 0.1) else '')

def route_words(t, i):
    """How a gateway is named in a route: by its global address or the link's own"""
    other, own = i
    return 'via %s dev %s' % (link_local(other), own.name) if chance(t, 0.3) else 'via ' + other.address

def link_settings(t):
    return changes.link_settings(t, both=(0.20, (1400, 1300, 1280)), one=(0.24, (1400, 1300, 9000)))

# -------------------------------------------------------------------- changes
def route_attributes(t, node):
    words = ''
    if chance(t, 0.25):
        words += ' metric %d' % one_of(t, 5, 10, 100, 256, 2000)
    if chance(t, 0.15):
        words += ' src %s' % (any_interface(t, node).address if chance(t, 0.9) else 'fd00:99::99')
    if chance(t, 0.25):
        words += ' table %d' % t.rng.choice(changes.TABLES)
    if chance(t, 0.08):
        words += ' mtu %d' % one_of(t, 1400, 1300, 1280)
    return words

def route(t, early):
    n, p, x = any_node(t), prefix(t), t.rng.random()
    if x < 0.24:
        verb = one_of(t, 'add', 'add', 'replace', 'append', 'change', 'prepend')
        words = '%s %s' % (t.rng.choice(SPECIAL), p)
        if chance(t, 0.3):
            words += ' metric %d' % one_of(t, 5, 50, 4278198272)
        if chance(t, 0.25):
            words += ' table %d' % t.rng.choice(changes.TABLES)
        return ['%s ip -6 route %s %s' % (n.name, verb, words)]
    # a second gateway of the same metric would share the packets, by the kernel's own hash: none is appended
    verb, own = one_of(t, 'add', 'add', 'add', 'replace', 'replace', 'change'), any_interface(t, n)
    if x < 0.34:
        return ['%s ip -6 route %s %s dev %s%s' % (n.name, verb, p, own.name, route_attributes(t, n))]
    if x < 0.42:
        return ['%s ip -6 route %s %s via %s dev %s onlink%s' % (n.name, verb, p, any_interface(t).address, own.name, route_attributes(t, n))]
    return ['%s ip -6 route %s %s %s%s' % (n.name, verb, p, way(t, n), route_attributes(t, n))]

def route_deletion(t, early):
    if chance(t, 0.05):
        # of several of a metric the first goes, and which device was ready first the kernel notices up to a second late
        n = any_node(t)
        return ['%s ip -6 route del fe80::/64 dev %s' % (n.name, any_interface(t, n).name)]
    return changes.route_deletion(t, early)

def rule(t, early, n=None, table=None):
    n = n or any_node(t)
    line, = changes.rule(t, early, n, table)
    return [line.replace(' ip rule ', ' ip -6 rule ').replace('ipproto icmp', 'ipproto ipv6-icmp').replace('suppress_prefixlength 24', 'suppress_prefixlength 64')]

def rule_deletion(t, early):
    return [changes.rule_deletion(t, early)[0].replace(' ip rule ', ' ip -6 rule ')]

NAMESPACE_SETTINGS = [('icmp.echo_ignore_all', '01'), ('icmp.echo_ignore_multicast', '1'), ('icmp.echo_ignore_anycast', '1'),
                      ('icmp.ratelimit', ('0', '1000')), ('fwmark_reflect', '1')]
DEVICE_SETTINGS = [('hop_limit', ('1', '2', '3', '255')), ('accept_redirects', '0'), ('ignore_routes_with_linkdown', '1'),
                   ('keep_addr_on_down', '1'), ('ndisc_notify', '1'), ('accept_dad', '01'), ('dad_transmits', '01')]

def setting(t, early):
    n, x = any_node(t), t.rng.random()
    if x < 0.30:
        key, values = t.rng.choice(NAMESPACE_SETTINGS)
        return ['%s sysctl -qw net.ipv6.%s=%s' % (n.name, key, t.rng.choice(values))]
    device = one_of(t, 'all', 'default', any_interface(t, n).name, any_interface(t, n).name)
    if x < 0.50:
        return ['%s sysctl -qw net.ipv6.conf.%s.forwarding=%s' % (n.name, device if chance(t, 0.4) else 'all', t.rng.choice('01'))]
    if x < 0.60:
        return ['%s sysctl -qw net.ipv6.conf.%s.disable_ipv6=%s' % (n.name, device, t.rng.choice('01'))]
    key, values = t.rng.choice(DEVICE_SETTINGS)
    return ['%s sysctl -qw net.ipv6.conf.%s.%s=%s' % (n.name, device, key, t.rng.choice(values))]

def neighbor_address(t, other):
    return link_local(other) if chance(t, 0.3) else other.address

def own_address(t, early):
    n = any_node(t)
    own = any_interface(t, n)
    s, x = own.segment, t.rng.random()
    options = one_of(t, '', '', '', ' nodad', ' preferred_lft 0', ' noprefixroute')
    if x < 0.25:
        return ['%s ip addr add %s/%d dev %s%s' % (n.name, s.host(t.rng.randint(4, 6)), s.length, own.name, options)]
    if x < 0.40:
        return ['%s ip addr add %s/%d dev %s%s' % (n.name, any_interface(t).address, one_of(t, 128, s.length, 64, 48), own.name, options)]
    if x < 0.55:
        return ['%s ip addr add %s/128 dev lo' % (n.name, one_of(t, '2001:db8:1::1', '2001:db8:2::7', any_interface(t).address))]
    if x < 0.62:
        return ['%s ip addr add fd00:77::1 peer %s dev %s' % (n.name, one_of(t, 'fd00:77::2', any_interface(t).address), own.name)]
    if x < 0.70:
        return ['%s ip addr add fe80::%d/64 dev %s%s' % (n.name, t.rng.randint(1, 2), own.name, options)]
    if x < 0.76:
        return ['%s ip addr del %s/64 dev %s' % (n.name, link_local(own), own.name)]
    if x < 0.88:
        return ['%s ip addr del %s/%d dev %s' % (n.name, own.address, s.length, own.name)]
    return ['%s ip addr del %s/%d dev %s' % (n.name, own.address, s.length, own.name),
            '%s ip addr add %s/%d dev %s%s' % (n.name, own.address, s.length, own.name, options)]

def link(t, early):
    n = any_node(t)
    own = any_interface(t, n)
    x = t.rng.random()
    if x < 0.50:
        return ['%s ip link set dev %s down' % (n.name, own.name)]
    if x < 0.80:
        return ['%s ip link set dev %s up' % (n.name, own.name)]
    return ['%s ip link set dev %s mtu %d' % (n.name, own.name, one_of(t, 1400, 1300, 1280, 1500, 1000))]

def bridge(t, early):
    for _ in range(5):
        lines = changes.bridge(t, early)
        if ' addr add ' not in lines[0] and ' neigh ' not in lines[0]:
            return lines
    return neighbor(t, early)

CHANGES = [(route, 28), (route_deletion, 6), (tables, 12), (rule, 10), (rule_deletion, 2), (setting, 16), (neighbor, 8), (own_address, 12),
           (link, 5), (bridge, 4)]

# -------------------------------------------------------------------- traffic
def traffic(t):
    """-> (line, longest duration in ms, offsets of what it sends)"""
    n = t.rng.choice(t.hosts * 3 + t.nodes)
    x = t.rng.random()
    if x < 0.66:
        return ping(t, n)
    if x < 0.88:
        return datagrams(t, n)
    if x < 0.94:
        return trace(t, n)
    return question(t, n), 60, []

target_without_zone = changes.target_of

def target_of(t, n):
    if chance(t, 0.10):
        own = any_interface(t, n)
        return '%s%%%s' % (link_local(t.rng.choice(own.segment.interfaces)), own.name)
    return target_without_zone(t, n)

def question(t, n):
    a = address(t)
    own = any_interface(t, n)
    if chance(t, 0.3):
        other = t.rng.choice(own.segment.interfaces).address if chance(t, 0.7) else address(t)
        return 't %s ip -6 route get %s from %s iif %s' % (n.name, a, other, own.name)
    if chance(t, 0.3):
        return 't %s ip -6 %s' % (n.name, one_of(t, 'route show', 'rule show', 'addr show dev %s' % own.name, 'route show table local',
                                                'route show table 100', 'neigh show'))
    return 't %s ip -6 route get %s%s' % (n.name, a, one_of(t, '', '', ' from %s' % own.address, ' oif %s' % own.name, ' mark 7', ' tos 0x10'))

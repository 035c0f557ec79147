"""Rules of iptables for random cases: filters, translations, marks and states on routers and hosts.

Rules are lines of setup.sh or changes of the traffic; at the end each ruled namespace is asked for its rules with their counters.
"""
from random_changes import address, any_interface, chance, one_of

REJECTS = ['icmp-net-unreachable', 'icmp-host-unreachable', 'icmp-proto-unreachable', 'icmp-port-unreachable', 'icmp-net-prohibited',
           'icmp-host-prohibited', 'icmp-admin-prohibited']
STATES = ['NEW', 'ESTABLISHED', 'RELATED,ESTABLISHED', 'NEW,ESTABLISHED', 'INVALID', 'RELATED', 'NEW,RELATED', 'SNAT', 'DNAT']
# What connections are translated to; a port of this range is anybody's to choose (normalise.py).
PORTS = '40000-60999'


def program(t):
    return 'iptables'


def ruled_nodes(t):
    nodes = t.rng.sample(t.nodes, k=min(len(t.nodes), t.rng.choice([1, 1, 2, 2, 3])))
    routers = [n for n in t.routers if n not in nodes]
    if routers and chance(t, 0.6):
        nodes.append(t.rng.choice(routers))
    return nodes


def rules(t):
    """-> (lines `NAMESPACE COMMAND` for the setup, the ruled nodes)"""
    nodes = ruled_nodes(t)
    out = []
    for n in nodes:
        if chance(t, 0.3):
            out.append('%s iptables -N EXTRA' % n.name)
            out += ['%s iptables -A EXTRA %s' % (n.name, filter_words(t, n, 'FORWARD')) for _ in range(t.rng.randint(1, 3))]
            out.append('%s iptables -A %s%s -j EXTRA' % (n.name, one_of(t, 'FORWARD', 'INPUT', 'OUTPUT'), one_of(t, '', ' -p icmp', ' -p udp')))
        for _ in range(t.rng.randint(1, 4)):
            out.append('%s %s' % (n.name, rule(t, n)))
        if chance(t, 0.25):
            out.append('%s iptables -P %s DROP' % (n.name, one_of(t, 'FORWARD', 'FORWARD', 'INPUT', 'OUTPUT')))
    return out, nodes


def rule(t, n):
    x = t.rng.random()
    if x < 0.50:
        chain = one_of(t, 'FORWARD', 'FORWARD', 'INPUT', 'OUTPUT')
        return 'iptables %s %s %s' % (one_of(t, '-A', '-A', '-I'), chain, filter_words(t, n, chain))
    if x < 0.82:
        return nat_rule(t, n)
    if x < 0.93:
        return mangle_rule(t, n)
    chain = one_of(t, 'PREROUTING', 'OUTPUT')
    return 'iptables -t raw -A %s%s -j CT --notrack' % (chain, one_of(t, ' -p icmp', ' -p udp', selector(t, n, chain)))


def change(t, nodes):
    """A change of the rules in the middle, as a list of lines"""
    n = t.rng.choice(nodes)
    x = t.rng.random()
    if x < 0.6:
        return ['%s %s' % (n.name, rule(t, n))]
    if x < 0.75:
        return ['%s iptables -F%s' % (n.name, one_of(t, '', ' FORWARD', ' INPUT', ' -t nat'))]
    if x < 0.9:
        return ['%s iptables -D %s 1' % (n.name, one_of(t, 'FORWARD', 'INPUT', 'OUTPUT'))]
    return ['%s iptables -Z' % n.name]


def questions(nodes):
    """Lines for the end of traffic.sh: the rules with their counters"""
    return ['t %s iptables -t %s -nvxL' % (n.name, table) for n in nodes for table in ('filter', 'nat', 'mangle')]

# -------------------------------------------------------------------- words of rules
def interface_words(t, n, chain):
    name = any_interface(t, n).name
    bang = '! ' if chance(t, 0.15) else ''
    if chain in ('FORWARD', 'INPUT', 'PREROUTING') and (chain != 'FORWARD' or chance(t, 0.5)):
        return ' %s-i %s' % (bang, one_of(t, name, name, name[:-1] + '+'))
    return ' %s-o %s' % (bang, name)


def address_words(t, option):
    a = one_of(t, any_interface(t).address, any_interface(t).segment.prefix, address(t))
    return ' %s%s %s' % ('! ' if chance(t, 0.12) else '', option, a)


def protocol_words(t):
    x = t.rng.random()
    if x < 0.35:
        return ' -p icmp' + one_of(t, '', '', ' --icmp-type echo-request', ' --icmp-type echo-reply', ' --icmp-type destination-unreachable',
                                 ' --icmp-type time-exceeded')
    if x < 0.80:
        return ' -p udp' + one_of(t, '', '', ' --dport 7', ' --dport 9', ' --sport 5000:5003', ' -m multiport --ports 7,9',
                                ' ! --dport 7')
    return one_of(t, ' -p tcp', ' -p tcp --dport 80', ' ! -p icmp', ' -p all')


def selector(t, n, chain):
    words = ''
    if chance(t, 0.35):
        words += interface_words(t, n, chain)
    if chance(t, 0.3):
        words += address_words(t, '-s')
    if chance(t, 0.3):
        words += address_words(t, '-d')
    if chance(t, 0.6):
        words += protocol_words(t)
    return words


def filter_words(t, n, chain):
    words = selector(t, n, chain)
    if chance(t, 0.35):
        words += ' -m conntrack%s --ctstate %s' % (one_of(t, '', '', '', ' !'), t.rng.choice(STATES))
    if chance(t, 0.08):
        words += ' -m mark --mark 7'
    if chance(t, 0.08):
        words += ' -m length --length 0:%d' % one_of(t, 100, 1000, 1500)
    if chance(t, 0.08) and chain != 'OUTPUT':
        words += ' -m ttl --ttl-lt %d' % one_of(t, 3, 63, 64)
    if chance(t, 0.08):
        words += ' -m addrtype%s --dst-type %s' % (one_of(t, '', ' !'), one_of(t, 'LOCAL', 'UNICAST', 'BROADCAST'))
    x = t.rng.random()
    if x < 0.40:
        return (words + ' -j ACCEPT').strip()
    if x < 0.65:
        return (words + ' -j DROP').strip()
    if x < 0.90:
        return (words + ' -j REJECT' + one_of(t, '', ' --reject-with ' + t.rng.choice(REJECTS))).strip()
    return (words + one_of(t, ' -j RETURN', '')).strip()


def nat_rule(t, n):
    x = t.rng.random()
    ports = chance(t, 0.5)
    protocol = ' -p udp' if ports else one_of(t, '', '', ' -p icmp')
    if x < 0.35:
        return 'iptables -t nat -A POSTROUTING%s%s -j MASQUERADE%s' % (
            one_of(t, '', ' -o %s' % any_interface(t, n).name, address_words(t, '-s')), protocol, ' --to-ports ' + PORTS if ports else '')
    if x < 0.55:
        a = one_of(t, any_interface(t, n).address, any_interface(t, n).address, any_interface(t).address)
        return 'iptables -t nat -A POSTROUTING%s%s -j SNAT --to-source %s%s' % (
            one_of(t, ' -o %s' % any_interface(t, n).name, address_words(t, '-d')), protocol, a, ':' + PORTS if ports else '')
    if x < 0.85:
        where = one_of(t, 'PREROUTING', 'PREROUTING', 'OUTPUT')
        ports = chance(t, 0.3)
        protocol = ' -p udp%s' % one_of(t, '', ' --dport 9', ' --dport 7') if ports else one_of(t, '', ' -p icmp', ' -p udp')
        return 'iptables -t nat -A %s%s%s -j DNAT --to-destination %s%s' % (
            where, one_of(t, address_words(t, '-d'), ' -d %s' % any_interface(t, n).address), protocol, any_interface(t).address,
            ':7' if ports else '')
    return 'iptables -t nat -A %s -p udp%s -j REDIRECT%s' % (one_of(t, 'PREROUTING', 'OUTPUT'), one_of(t, '', ' --dport 9'),
                                                           one_of(t, '', ' --to-ports 7'))


def mangle_rule(t, n):
    chain = one_of(t, 'PREROUTING', 'OUTPUT', 'FORWARD', 'INPUT', 'POSTROUTING')
    words = selector(t, n, 'PREROUTING' if chain in ('PREROUTING', 'INPUT') else 'OUTPUT' if chain in ('OUTPUT', 'POSTROUTING') else chain)
    return 'iptables -t mangle -A %s%s -j %s' % (chain, words, one_of(t, 'MARK --set-mark 7', 'MARK --set-mark 7', 'MARK --set-xmark 0x7/0xf',
                                                                    'CONNMARK --save-mark', 'CONNMARK --restore-mark', 'CONNMARK --set-mark 7', 'DROP'))

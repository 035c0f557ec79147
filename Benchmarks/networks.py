"""Networks that the benchmarks run, as scenarios, and how they are run. Sizes are those of packets on the wire."""
import collections, json, os, subprocess, sys, tempfile, time

PAYLOAD = 58  # Of a frame of 100 bytes: Ethernet, IPv4 and UDP take 42.


def burst(sender, destination, count, rate=1_000_000, **more):
    return {'on': sender, 'burst': dict({'to': destination + ':9000', 'count': count, 'size': PAYLOAD, 'rate': rate}, **more)}


def sink(**keys):
    return dict({'services': [{'udp': 9000, 'reply': 'none'}]}, **keys)


def line(routers, count, hops=None):
    """A host, routers behind each other, a host: bursts over `hops` of them, one after the other; all of them if it is not said."""
    hops = hops or routers

    def network(number):
        return '10.%d.%d' % divmod(number, 256)

    nodes, links = {}, []
    for number in range(routers + 2):
        name = 'r%d' % number
        interfaces = {}
        if number > 0:
            interfaces['west'] = {'addresses': [network(number - 1) + '.2/24']}
        if number <= routers:
            interfaces['east'] = {'addresses': [network(number) + '.1/24']}
            links.append({'endpoints': [name + ':east', 'r%d:west' % (number + 1)]})
        routes = []
        if number <= routers - 1:
            routes.append('default via %s.2' % network(number))
        if number > 1:
            routes.append('10.0.0.0/24 via %s.1' % network(number - 1))
        nodes[name] = sink(forwarding=0 < number <= routers, interfaces=interfaces, routes=routes)
    starts = range(0, routers - hops + 1, hops)
    timeline = [burst('r%d' % start, network(start + hops) + '.2', count // len(starts), ttl=255) for start in starts]
    return {'vrfsim': 1, 'nodes': nodes, 'links': links, 'timeline': timeline}


def pairs(count, packets, routes, senders=None):
    """A router with a VRF for each of `count` pairs of namespaces, each with `routes` more routes; packets in all VRFs in turn."""
    senders = senders or count
    router = {'forwarding': True, 'vrfs': {}, 'interfaces': {}, 'namespaces': {}, 'routes': []}
    timeline = []
    for number in range(count):
        vrf = 'v%d' % number
        block = '10.%d.%d' % divmod(number, 256)
        router['vrfs'][vrf] = {'table': 1_000 + number}
        for side, host in (('a', 1), ('b', 129)):
            router['interfaces']['%s%d' % (side, number)] = {
                'kind': 'veth', 'peer': 'r/%s%d:eth0' % (side, number), 'master': vrf, 'addresses': ['%s.%d/25' % (block, host)]}
            router['namespaces']['%s%d' % (side, number)] = sink(
                interfaces={'eth0': {'addresses': ['%s.%d/25' % (block, host + 1)]}}, routes=['default via %s.%d' % (block, host)])
        router['routes'] += ['172.%d.%d.0/24 via %s.130 vrf %s' % (16 + route // 256, route % 256, block, vrf) for route in range(routes)]
        if number < senders:
            timeline.append(dict(burst('r/a%d' % number, block + '.130', packets // senders, rate=1_000_000 // senders), at='0s', background=True))
    return {'vrfsim': 1, 'nodes': {'r': router}, 'timeline': timeline}


def table(prefixes, destinations, packets):
    """A router with a VRF that has these routes, and bursts to each of the destinations at the same time."""
    routes = ['%s via 192.0.2.2 vrf blue' % prefix for prefix in prefixes]
    router = {'forwarding': True, 'vrfs': {'blue': {'table': 10}}, 'routes': routes, 'interfaces': {
        'eth0': {'addresses': ['198.51.100.1/24'], 'master': 'blue'}, 'eth1': {'addresses': ['192.0.2.1/24'], 'master': 'blue'}}}
    # Whatever comes is for the last router, which throws it away.
    last = {'forwarding': True, 'interfaces': {'eth0': {'addresses': ['192.0.2.2/24']}}, 'routes': ['blackhole default']}
    sender = {'interfaces': {'eth0': {'addresses': ['198.51.100.2/24']}}, 'routes': ['default via 198.51.100.1']}
    timeline = [dict(burst('h1', destination, packets // len(destinations), rate=1_000_000 // len(destinations)), at='0s', background=True)
                for destination in destinations]
    return {'vrfsim': 1, 'nodes': {'h1': sender, 'r1': router, 'r2': last}, 'timeline': timeline,
            'links': [{'endpoints': ['h1:eth0', 'r1:eth0']}, {'endpoints': ['r1:eth1', 'r2:eth0']}]}


def bridge(ports, packets):
    """Namespaces behind a bridge, each of the first half sends to one of the second half; 64 of them at most."""
    switch = {'bridges': {'br0': {}}, 'interfaces': {}, 'namespaces': {}}
    for number in range(ports):
        switch['interfaces']['p%d' % number] = {'kind': 'veth', 'peer': 'm/n%d:eth0' % number, 'master': 'br0'}
        switch['namespaces']['n%d' % number] = sink(interfaces={'eth0': {'addresses': ['10.0.%d.%d/16' % (number // 250, number % 250 + 1)]}})
    senders = min(ports // 2, 64)
    timeline = []
    for number in range(senders):
        other = ports // 2 + number
        timeline.append(dict(burst('m/n%d' % number, '10.0.%d.%d' % (other // 250, other % 250 + 1), packets // senders, rate=1_000_000 // senders),
                             at='0s', background=True))
    return {'vrfsim': 1, 'nodes': {'m': switch}, 'timeline': timeline}


def neighbors(count, packets):
    """A router that knows many neighbors, of which one gets the packets."""
    scenario = line(1, packets)
    entries = ['10.%d.%d.%d lladdr 02:00:00:%02x:%02x:%02x dev east nud permanent' % (
        64 + (number >> 16), number >> 8 & 255, number & 255, number >> 16, number >> 8 & 255, number & 255) for number in range(1, count + 1)]
    router = scenario['nodes']['r1']
    router['interfaces']['east']['addresses'].append('10.127.0.1/10')
    router['sysctls'] = {'net.ipv4.neigh.default.gc_thresh3': 1_000_000}
    router['neighbors'] = entries
    return scenario


def masquerading(packets, commands):
    """A router that translates what it forwards, or does not."""
    scenario = line(1, packets)
    scenario['nodes']['r1']['commands'] = commands
    return scenario


def namespaces(count):
    """One machine with many namespaces, each joined to the initial one by a veth pair with addresses; each is pinged once."""
    machine = {'interfaces': {}, 'namespaces': {}}
    timeline = []
    for number in range(count):
        block = '10.%d.%d' % divmod(number, 256)
        machine['interfaces']['v%d' % number] = {'kind': 'veth', 'peer': 'm/n%d:eth0' % number, 'addresses': [block + '.1/24']}
        machine['namespaces']['n%d' % number] = {'interfaces': {'eth0': {'addresses': [block + '.2/24']}}}
        timeline.append({'on': 'm', 'run': 'ping -q -c 1 %s.2' % block})
    return {'vrfsim': 1, 'nodes': {'m': machine}, 'timeline': timeline}


# Processor seconds of a program, and of the system for it; seconds from its start to its end; its peak memory in MB.
Used = collections.namedtuple('Used', 'user system elapsed memory')


def run(vrfsim, scenario, *arguments):
    """-> what the program used"""
    with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
        json.dump(scenario, file)
        file.flush()
        begin = time.perf_counter()
        process = subprocess.Popen([vrfsim, 'run', file.name, '--quiet', *arguments])
        _, status, used = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - begin
    if status:
        sys.exit('benchmark: vrfsim ended with status %d' % status)
    return Used(used.ru_utime, used.ru_stime, elapsed, used.ru_maxrss / 1_024)

#!/usr/bin/env python3
"""What connection tracking and masquerading cost: time for a new connection and for a packet of a known one, memory.

usage: connections.py --vrfsim PATH [--connections 100000]

A router gets UDP packets of 100 bytes from a capture and sends them out, in turn without rules and with a rule that masquerades and
one that asks for the connection's state. Told is the difference of the processor time, and of the memory, of the two runs.
"""
import argparse, json, os, resource, struct, subprocess, sys, tempfile

RULES = ['sysctl -qw net.netfilter.nf_conntrack_max=4000000 net.netfilter.nf_conntrack_udp_timeout=3600',
         'iptables -t nat -A POSTROUTING -o d0 -j MASQUERADE',
         'iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT']
# Ports of one source and destination: one address has no more to give to masqueraded connections.
PORTS = 50_000


def checksum(header):
    total = sum(struct.unpack('!10H', header))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def write_capture(path, connections, packets):
    """A pcap file: `packets` packets of each of the connections, a microsecond apart."""
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65_535, 1))
        for number in range(connections * packets):
            group, port = divmod(number // packets, PORTS)
            header = bytearray(struct.pack('!BBHHHBBHII', 0x45, 0, 128, 0, 0x4000, 64, 17, 0, 0x0a000002, 0xc6336401 + group))
            header[10:12] = struct.pack('!H', checksum(bytes(header)))
            frame = bytes.fromhex('020000000001' '020000000002' '0800') + header + struct.pack('!HHHH', 1_024 + port, 7, 108, 0) + bytes(100)
            file.write(struct.pack('<IIII', number // 1_000_000, number % 1_000_000, len(frame), len(frame)) + frame)


def scenario(commands):
    interfaces = {'eth0': {'addresses': ['10.0.0.1/8'], 'mac': '02:00:00:00:00:01'}, 'd0': {'kind': 'dummy', 'addresses': ['192.0.2.1/24']}}
    router = {'forwarding': True, 'interfaces': interfaces, 'routes': ['198.51.100.0/24 dev d0'], 'commands': commands}
    return {'vrfsim': 1, 'nodes': {'r1': router, 'h1': {'interfaces': {'eth0': {}}}}, 'links': [{'endpoints': ['r1:eth0', 'h1:eth0']}],
            'timeline': [{'replay': {'file': 'packets.pcap', 'into': 'r1:eth0'}}]}


def run(vrfsim, folder, commands):
    """-> (processor seconds, peak memory in bytes)"""
    path = os.path.join(folder, 'scenario.json')
    with open(path, 'w') as file:
        json.dump(scenario(commands), file)
    process = subprocess.Popen([vrfsim, 'run', path, '--quiet'])
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit('benchmark: vrfsim ended with status %d' % status)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1_024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--vrfsim', required=True)
    parser.add_argument('--connections', type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for connections, packets in ((options.connections, 1), (options.connections // 10, 10)):
            write_capture(os.path.join(folder, 'packets.pcap'), connections, packets)
            seconds, memory = run(options.vrfsim, folder, [])
            seconds_tracked, memory_tracked = run(options.vrfsim, folder, RULES)
            more = (seconds_tracked - seconds) / (connections * packets)
            print('%d connections of %d packets: %.0f ns a packet without rules, %.0f ns more with them' %
                  (connections, packets, seconds / (connections * packets) * 1e9, more * 1e9), end='')
            print('; %.0f thousand connections a second, %.0f bytes each' %
                  (1e-3 / more, (memory_tracked - memory) / connections) if packets == 1 else '')


main()

ns6 a r b
fwd r; fwd6 r
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns r address 02:01:00:00:00:0a
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns r address 02:01:00:00:00:0b
up a eth0; up b eth0; up r west east
ip -n r addr add 10.72.1.1/24 dev west; ip -n r addr add fd00:1::1/64 dev west
ip -n r addr add 10.72.2.1/24 dev east; ip -n r addr add fd00:2::1/64 dev east
ip -n b addr add 10.72.2.2/24 dev eth0; ip -n b addr add fd00:2::2/64 dev eth0
ip -n b route add default via 10.72.2.1; ip -n b route add default via fd00:2::1
for d in a.eth0 r.west r.east b.eth0; do ip netns exec ${d%.*} sysctl -qw net.ipv6.neigh.${d#*.}.delay_first_probe_time=60 net.ipv4.neigh.${d#*.}.delay_first_probe_time=60; done

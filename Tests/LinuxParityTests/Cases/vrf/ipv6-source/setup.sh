ns6 r1
ns6 h1
ns6 h2
ns6 h3
fwd6 r1
ip link add eth0 netns r1 address 02:00:00:01:00:00 type veth peer name eth0 netns h1 address 02:00:00:02:00:00
ip link add eth1 netns r1 address 02:00:00:01:01:00 type veth peer name eth0 netns h2 address 02:00:00:03:00:00
ip link add eth2 netns r1 address 02:00:00:01:02:00 type veth peer name eth0 netns h3 address 02:00:00:04:00:00
ip -n r1 link add blue address 02:00:00:0e:00:00 type vrf table 10
ip -n r1 link add red address 02:00:00:0e:01:00 type vrf table 20
ip -n r1 link add green address 02:00:00:0e:02:00 type vrf table 30
up r1 blue
up r1 red
up r1 green
ip -n r1 link set dev eth0 master blue
ip -n r1 link set dev eth1 master red
ip -n r1 addr add fd00:1::1/64 dev eth0
ip -n r1 addr add fd00:2::1/64 dev eth1
ip -n r1 addr add fd00:3::1/64 dev eth2
ip -n h1 addr add fd00:1::2/64 dev eth0
ip -n h2 addr add fd00:2::2/64 dev eth0
ip -n h3 addr add fd00:3::2/64 dev eth0
up r1 eth0
up r1 eth1
up r1 eth2
up h1 eth0
up h2 eth0
up h3 eth0
ip -n h1 route add default via fd00:1::1
ip -n h2 route add default via fd00:2::1
ip -n h3 route add default via fd00:3::1
ip -n r1 route add fd00:2::/64 dev red vrf blue
ip -n r1 route add fd00:1::/64 dev blue vrf red
ip -n r1 route add fd00:1::/64 dev blue

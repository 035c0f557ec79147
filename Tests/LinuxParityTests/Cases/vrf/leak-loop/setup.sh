ns6 r1
ns6 h1
fwd6 r1
ip link add eth0 netns r1 address 02:00:00:01:00:00 type veth peer name eth0 netns h1 address 02:00:00:02:00:00
ip -n r1 link add blue address 02:00:00:0e:00:00 type vrf table 10
ip -n r1 link add red address 02:00:00:0e:01:00 type vrf table 20
up r1 blue
up r1 red
ip -n r1 link set dev eth0 master blue
ip -n r1 addr add fd00:1::1/64 dev eth0
ip -n h1 addr add fd00:1::2/64 dev eth0
ip -n r1 addr add 10.1.0.1/24 dev eth0
ip -n h1 addr add 10.1.0.2/24 dev eth0
up r1 eth0
up h1 eth0
ip -n h1 route add default via fd00:1::1
ip -n r1 -6 route add default dev blue vrf blue
ip -n r1 -6 route add fd00:8::/64 dev red vrf blue
ip -n r1 -6 route add fd00:8::/64 dev blue vrf red
ip -n h1 route add default via 10.1.0.1
ip -n r1 route add 10.8.0.0/24 dev red vrf blue
ip -n r1 route add 10.8.0.0/24 dev blue vrf red

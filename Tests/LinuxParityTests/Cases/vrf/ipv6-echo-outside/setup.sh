ns6 r h1
fwd6 r
ip link add eth0 netns r address 02:00:01:01:00:00 type veth peer name eth0 netns h1 address 02:00:01:02:00:00
ip link add eth1 netns r address 02:00:02:01:00:00 type veth peer name eth1 netns h1 address 02:00:02:02:00:00
ip -n r link add red address 02:00:fe:00:00:00 type vrf table 10; up r red
ip -n r link add blue address 02:00:fe:00:01:00 type vrf table 20; up r blue
ip -n r link add d0 address 02:00:05:01:00:00 type dummy; ip -n r link add d1 address 02:00:05:02:00:00 type dummy
ip -n r link set eth0 master red; ip -n r link set d1 master blue
ip -n r addr add fd00:1::1/64 dev eth0; ip -n r addr add fd00:2::1/64 dev eth1; ip -n r addr add fd00:5::1/64 dev d0
ip -n r addr add fd00:3::1/64 dev d1; ip -n r addr add fd00:6::1/128 dev red
ip -n h1 addr add fd00:1::2/64 dev eth0
up r eth0 eth1 d0 d1; up h1 eth0 eth1
ip -n h1 route add default via fd00:1::1
ip -n r -6 route add fd00:3::/64 dev blue vrf red
ip -n r -6 route add fd00:1::/64 dev red vrf blue

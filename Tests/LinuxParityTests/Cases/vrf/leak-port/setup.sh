ns h1 r1 h2
fwd r1
ip -n r1 link add blue address 02:00:00:00:01:00 type vrf table 1101
ip -n r1 link add red address 02:00:00:00:02:00 type vrf table 1102
up r1 blue red
ip link add eth0 netns h1 address 02:0a:00:00:00:01 type veth peer name b0 netns r1 address 02:0a:00:00:00:fe
ip link add eth0 netns h2 address 02:0b:00:00:00:01 type veth peer name r0 netns r1 address 02:0b:00:00:00:fe
ip -n r1 link set dev b0 master blue
ip -n r1 link set dev r0 master red
ip -n r1 link set dev r0 mtu 1400; ip -n h2 link set dev eth0 mtu 1400
ip -n h1 addr add 172.16.1.1/24 dev eth0; ip -n r1 addr add 172.16.1.253/24 dev b0
ip -n h2 addr add 172.16.2.2/24 dev eth0; ip -n r1 addr add 172.16.2.253/24 dev r0
up h1 eth0; up h2 eth0; up r1 b0 r0
ip -n h1 route add default via 172.16.1.253
ip -n h2 route add default via 172.16.2.253
ip -n r1 route add unreachable default metric 4278198272 vrf blue
ip -n r1 route add unreachable default metric 4278198272 vrf red
ip -n r1 route add 172.16.2.0/24 dev r0 vrf blue
ip -n r1 route add 172.16.1.0/24 dev b0 vrf red

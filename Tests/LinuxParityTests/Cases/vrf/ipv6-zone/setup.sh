ns6 r1
ns6 h1
ip link add eth0 netns r1 address 02:00:00:01:00:00 type veth peer name eth0 netns h1 address 02:00:00:02:00:00
ip -n r1 link add blue address 02:00:00:0e:00:00 type vrf table 10
up r1 blue
ip -n r1 link set dev eth0 master blue
ip -n r1 addr add fd00:1::1/64 dev eth0
ip -n h1 addr add fd00:1::2/64 dev eth0
up r1 eth0
up h1 eth0

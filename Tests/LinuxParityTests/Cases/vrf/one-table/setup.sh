ns r h1 h2
fwd r
ip link add eth0 netns r address 02:00:01:01:00:00 type veth peer name eth0 netns h1 address 02:00:01:02:00:00
ip link add eth1 netns r address 02:00:02:01:00:00 type veth peer name eth0 netns h2 address 02:00:02:02:00:00
ip -n r link add red address 02:00:fe:00:00:00 type vrf table 10; up r red
ip -n r link add rose address 02:00:fe:00:01:00 type vrf table 10; up r rose
ip -n r link set eth0 master red; ip -n r link set eth1 master rose
ip -n r addr add 10.1.0.1/24 dev eth0; ip -n r addr add 10.2.0.1/24 dev eth1
ip -n h1 addr add 10.1.0.2/24 dev eth0; ip -n h2 addr add 10.2.0.2/24 dev eth0
up r eth0 eth1; up h1 eth0; up h2 eth0
ip -n h1 route add default via 10.1.0.1; ip -n h2 route add default via 10.2.0.1

ns r1 h1 h2
fwd r1
ip link add eth0 netns h1 address 02:0a:00:00:00:01 type veth peer name west netns r1 address 02:0a:00:00:00:fe
ip link add eth0 netns h2 address 02:0b:00:00:00:01 type veth peer name east netns r1 address 02:0b:00:00:00:fe
ip -n r1 addr add 10.15.3.2/25 dev west; ip -n h1 addr add 10.15.3.1/25 dev eth0
ip -n r1 addr add 10.15.4.2/25 dev east; ip -n h2 addr add 10.15.4.1/25 dev eth0
up h1 eth0; up h2 eth0; up r1 west east
ip -n h1 route add default via 10.15.3.2; ip -n h2 route add default via 10.15.4.2

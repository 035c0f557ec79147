ns6 a r1 r2
fwd6 r1 r2
ip link add eth0 netns a address 02:00:00:00:01:0a type veth peer name west netns r1 address 02:00:00:00:01:01
ip link add east netns r1 address 02:00:00:00:02:01 type veth peer name eth0 netns r2 address 02:00:00:00:02:02
up a eth0; up r1 west east; up r2 eth0
ip -n a addr add fd00:1::a/64 dev eth0; ip -n r1 addr add fd00:1::1/64 dev west
ip -n r1 addr add fd00:2::1/64 dev east; ip -n r2 addr add fd00:2::2/64 dev eth0
ip -n a route add default via fe80::ff:fe00:101 dev eth0
ip -n r1 route add default via fd00:2::2
ip -n r2 route add default via fe80::ff:fe00:201 dev eth0
ip -n r1 route add fd00:7::/64 dev west

ns a r1 r2 b
fwd r1 r2
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns r1 address 02:01:00:00:00:01
ip link add east netns r1 address 02:01:00:00:00:02 type veth peer name west netns r2 address 02:02:00:00:00:01
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns r2 address 02:02:00:00:00:02
ip -n a addr add 10.4.1.2/24 dev eth0; ip -n r1 addr add 10.4.1.1/24 dev west
ip -n r1 addr add 10.4.12.1/30 dev east; ip -n r2 addr add 10.4.12.2/30 dev west
ip -n b addr add 10.4.2.2/24 dev eth0; ip -n r2 addr add 10.4.2.1/24 dev east
up a eth0; up r1 west east; up r2 west east; up b eth0
ip -n a route add default via 10.4.1.1
ip -n b route add default via 10.4.2.1
ip -n r1 route add 10.4.2.0/24 via 10.4.12.2
ip -n r2 route add 10.4.1.0/24 via 10.4.12.1

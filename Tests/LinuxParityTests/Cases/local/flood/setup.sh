ns a r b
fwd r
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns r address 02:01:00:00:00:0a
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns r address 02:01:00:00:00:0b
up a eth0; up b eth0; up r west east
ip -n a addr add 10.75.1.2/24 dev eth0; ip -n r addr add 10.75.1.1/24 dev west
ip -n r addr add 10.75.2.1/24 dev east; ip -n b addr add 10.75.2.2/24 dev eth0
ip -n a route add default via 10.75.1.1; ip -n b route add default via 10.75.2.1

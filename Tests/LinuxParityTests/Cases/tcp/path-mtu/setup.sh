ns a g1 g2 b
fwd g1 g2
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns g1 address 02:0a:00:00:00:fe
ip link add mid netns g1 address 02:0c:00:00:00:01 type veth peer name mid netns g2 address 02:0c:00:00:00:02
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns g2 address 02:0b:00:00:00:fe
ip -n a addr add 10.19.1.2/24 dev eth0; ip -n g1 addr add 10.19.1.1/24 dev west
ip -n g1 addr add 10.19.3.1/24 dev mid; ip -n g2 addr add 10.19.3.2/24 dev mid
ip -n b addr add 10.19.2.2/24 dev eth0; ip -n g2 addr add 10.19.2.1/24 dev east
ip -n g1 link set mid mtu 1300; ip -n g2 link set mid mtu 1300
up a eth0; up b eth0; up g1 west mid; up g2 mid east
ip -n a route add default via 10.19.1.1
ip -n b route add default via 10.19.2.1
ip -n g1 route add 10.19.2.0/24 via 10.19.3.2
ip -n g2 route add 10.19.1.0/24 via 10.19.3.1

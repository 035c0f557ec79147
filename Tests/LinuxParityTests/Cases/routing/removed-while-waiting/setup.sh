ns a gw b
fwd gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns gw address 02:0b:00:00:00:fe
ip -n a addr add 10.53.1.2/24 dev eth0; ip -n gw addr add 10.53.1.1/24 dev west
ip -n b addr add 10.53.2.2/24 dev eth0; ip -n gw addr add 10.53.2.1/24 dev east
up a eth0; up b eth0; up gw west east
ip -n a route add default via 10.53.1.1
ip -n b route add default via 10.53.2.1
ip -n gw route add 192.0.2.0/24 via 10.53.2.77
ip -n gw route add 198.51.100.0/24 via 10.53.2.78
ip -n gw route add 198.51.101.0/24 via 10.53.2.78
ip -n gw route add 203.0.113.0/24 via 10.53.2.79

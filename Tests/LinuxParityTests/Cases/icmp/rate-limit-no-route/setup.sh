ns a gw
fwd gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
ip -n a addr add 10.15.1.2/24 dev eth0; ip -n gw addr add 10.15.1.1/24 dev west
up a eth0; up gw west
ip -n a route add default via 10.15.1.1

ns a gw
fwd gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
ip -n a addr add 10.12.1.2/24 dev eth0; ip -n gw addr add 10.12.1.1/24 dev west
up a eth0; up gw west
ip -n a route add default via 10.12.1.1
ip -n gw route add unreachable 10.99.1.0/24
ip -n gw route add prohibit 10.99.2.0/24
ip -n gw route add blackhole 10.99.3.0/24
ip -n gw route add throw 10.99.4.0/24

ns6 a gw
fwd6 gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
up a eth0; up gw west
ip -n a addr add fd00:a::2/64 dev eth0; ip -n gw addr add fd00:a::1/64 dev west
ip -n a route add fd00:b::/48 via fd00:a::1
ip -n a route add prohibit fd00:b:9::/48
ip -n gw route add unreachable fd00:b:1::/48
ip -n gw route add prohibit fd00:b:2::/48
ip -n a route add fd00:b:1::/48 via fd00:a::1
ip -n a route add fd00:b:2::/48 via fd00:a::1

ns6 a gw
fwd6 gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
up a eth0; up gw west
ip -n a addr add fd00:a::2/64 dev eth0; ip -n gw addr add fd00:a::1/64 dev west
ip -n a route add default via fd00:a::1
ip -n gw route add unreachable fd99:1::/64
ip -n gw route add prohibit fd99:2::/64
ip -n gw route add blackhole fd99:3::/64
ip -n gw -6 route add throw fd99:4::/64

ns6 a gw b
fwd6 gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns gw address 02:0b:00:00:00:fe
up a eth0; up b eth0; up gw west east
ip -n a addr add fd00:a::2/64 dev eth0; ip -n gw addr add fd00:a::1/64 dev west
ip -n b addr add fd00:b::2/64 dev eth0; ip -n gw addr add fd00:b::1/64 dev east
ip -n a route add default via fd00:a::1
ip -n b route add default via fd00:b::1

ns gw a b up
fwd gw up
ip -n gw link add open address 02:00:00:00:01:00 type vrf table 100
ip -n gw link add shut address 02:00:00:00:02:00 type vrf table 200
up gw open shut
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name pa netns gw address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name pb netns gw address 02:0b:00:00:00:fe
ip link add eth0 netns up address 02:0c:00:00:00:01 type veth peer name wan netns gw address 02:0c:00:00:00:fe
ip -n gw link set dev pa master open
ip -n gw link set dev pb master shut
ip -n a addr add 10.31.1.2/24 dev eth0; ip -n gw addr add 10.31.1.1/24 dev pa
ip -n b addr add 10.31.2.2/24 dev eth0; ip -n gw addr add 10.31.2.1/24 dev pb
ip -n up addr add 10.31.9.2/24 dev eth0; ip -n gw addr add 10.31.9.1/24 dev wan
ip -n up addr add 192.0.2.1/32 dev lo
up a eth0; up b eth0; up up eth0; up gw pa pb wan
ip -n a route add default via 10.31.1.1; ip -n b route add default via 10.31.2.1
ip -n gw route add default via 10.31.9.2
ip -n up route add 10.31.0.0/16 via 10.31.9.1
ip -n gw route add unreachable default metric 4278198272 vrf shut

ns gw a b
fwd gw
ip -n gw link add red address 02:00:00:00:01:00 type vrf table 10
ip -n gw link add blue address 02:00:00:00:02:00 type vrf table 20
up gw red blue
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name pa netns gw address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name pb netns gw address 02:0b:00:00:00:fe
ip -n gw link set dev pa master red
ip -n a addr add 10.65.1.2/24 dev eth0; ip -n gw addr add 10.65.1.1/24 dev pa
ip -n b addr add 10.65.2.2/24 dev eth0; ip -n gw addr add 10.65.2.1/24 dev pb
up a eth0; up b eth0; up gw pa pb
ip -n a route add default via 10.65.1.1; ip -n b route add default via 10.65.2.1
ip -n gw route add 10.65.1.0/24 dev red vrf blue
ip -n gw route add 10.65.1.0/24 dev red
ip -n gw route add 10.65.2.0/24 dev pb vrf red

ns gw a m
fwd gw
ip -n gw link add red address 02:00:00:00:01:00 type vrf table 10
up gw red
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name pa netns gw address 02:0a:00:00:00:fe
ip link add eth0 netns m address 02:0b:00:00:00:01 type veth peer name pm netns gw address 02:0b:00:00:00:fe
ip -n gw link set dev pa master red
ip -n a addr add 10.32.1.2/24 dev eth0; ip -n gw addr add 10.32.1.1/24 dev pa
ip -n m addr add 10.32.2.2/24 dev eth0; ip -n gw addr add 10.32.2.1/24 dev pm
up a eth0; up m eth0; up gw pa pm
ip -n a route add default via 10.32.1.1; ip -n m route add default via 10.32.2.1
ip -n gw route add unreachable default metric 4278198272 vrf red

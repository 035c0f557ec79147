ns gw a
fwd gw
ip -n gw link add red address 02:00:00:00:01:00 type vrf table 10
ip -n gw link add blue address 02:00:00:00:02:00 type vrf table 20
up gw red blue
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name pa netns gw address 02:0a:00:00:00:fe
ip link add eth1 netns a address 02:0b:00:00:00:01 type veth peer name pm netns gw address 02:0b:00:00:00:fe
ip -n gw link set dev pa master red
ip -n gw addr add 10.35.1.1/24 dev pa; ip -n gw addr add 10.35.2.1/24 dev pm
up a eth0 eth1; up gw pa pm
ip -n gw route add default via 10.35.2.2
ip -n gw route add 10.35.7.0/24 via 10.35.1.2 vrf red
ip -n gw route add unreachable default metric 4278198272 vrf red
ip -n gw route add 10.35.1.0/24 dev red vrf blue

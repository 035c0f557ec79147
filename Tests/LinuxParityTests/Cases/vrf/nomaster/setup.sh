ns gw a
fwd gw
ip -n gw link add red address 02:00:00:00:01:00 type vrf table 10
up gw red
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name pa netns gw address 02:0a:00:00:00:fe
ip -n gw addr add 10.47.1.1/24 dev pa; up gw pa
ip -n gw route add 10.47.7.0/24 via 10.47.1.2
ip -n gw link set dev pa master red
ip -n a addr add 10.47.1.2/24 dev eth0; up a eth0
ip -n gw route add 10.47.8.0/24 via 10.47.1.2 vrf red

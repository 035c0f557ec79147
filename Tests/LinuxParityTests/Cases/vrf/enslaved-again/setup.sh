ns gw a
fwd gw
ip -n gw link add red address 02:00:00:00:01:00 type vrf table 10
ip -n gw link add blue address 02:00:00:00:02:00 type vrf table 20
up gw red blue
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name pa netns gw address 02:0a:00:00:00:fe
ip -n gw link set dev pa master red
ip -n a addr add 10.66.1.2/24 dev eth0; ip -n gw addr add 10.66.1.1/24 dev pa
up a eth0; up gw pa
ip -n gw route add 10.66.7.0/24 via 10.66.1.2 vrf red

ns gw a
ip -n gw link add red address 02:00:00:00:01:00 type vrf table 10
up gw red
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name pa netns gw address 02:0a:00:00:00:fe
ip -n gw link set dev pa master red
ip -n a addr add 10.46.1.2/24 brd + dev eth0; ip -n gw addr add 10.46.1.1/24 brd + dev pa
up a eth0; up gw pa
ip -n gw route add unreachable default metric 4278198272 vrf red
set_ a net.ipv4.icmp_echo_ignore_broadcasts=0

ns gw r1 r2
ip link add eth0 netns r1 address 02:01:00:00:00:01 type veth peer name up1 netns gw address 02:01:00:00:00:fe
ip link add eth0 netns r2 address 02:02:00:00:00:01 type veth peer name up2 netns gw address 02:02:00:00:00:fe
ip -n r1 addr add 10.44.1.2/24 dev eth0; ip -n gw addr add 10.44.1.1/24 dev up1
ip -n r2 addr add 10.44.2.2/24 dev eth0; ip -n gw addr add 10.44.2.1/24 dev up2
ip -n r1 addr add 192.0.2.1/32 dev lo; ip -n r2 addr add 192.0.2.1/32 dev lo
up gw up1 up2; up r1 eth0; up r2 eth0
ip -n r1 route add default via 10.44.1.1; ip -n r2 route add default via 10.44.2.1
ip -n gw route add default via 10.44.1.2
ip -n gw route add default via 10.44.2.2 table 100
ip -n gw rule add fwmark 7 lookup 100 pref 100
ip -n gw rule add tos 0x10 lookup 100 pref 200
ip -n gw rule add ipproto udp dport 53 lookup 100 pref 300
ip -n gw rule add oif up2 lookup 100 pref 400
ip -n gw rule add to 198.51.100.0/24 goto 600 pref 500
ip -n gw rule add to 203.0.113.0/24 prohibit pref 550
ip -n gw rule add lookup main suppress_prefixlength 0 pref 600
ip -n gw rule add not from 10.44.1.0/24 lookup main pref 700

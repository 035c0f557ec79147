ns sw a r gw b
fwd gw r
ip -n sw link add br0 address 02:00:00:00:00:f0 type bridge mcast_snooping 0
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name p1 netns sw address 02:00:00:00:00:a1
ip link add eth0 netns r address 02:0c:00:00:00:01 type veth peer name p2 netns sw address 02:00:00:00:00:a2
ip link add pa netns gw address 02:0a:00:00:00:fe type veth peer name p3 netns sw address 02:00:00:00:00:a3
for p in p1 p2 p3; do ip -n sw link set $p master br0; up sw $p; done
up sw br0
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name pb netns gw address 02:0b:00:00:00:fe
ip -n gw link add red address 02:00:00:00:01:00 type vrf table 10
up gw red
ip -n gw link set dev pa master red; ip -n gw link set dev pb master red
ip -n a addr add 10.67.1.2/24 dev eth0; ip -n r addr add 10.67.1.3/24 dev eth0; ip -n gw addr add 10.67.1.1/24 dev pa
ip -n b addr add 10.67.2.2/24 dev eth0; ip -n gw addr add 10.67.2.1/24 dev pb
ip -n b addr add 10.67.1.77/32 dev lo
ip -n r addr add 192.0.2.1/32 dev lo
up a eth0; up r eth0; up gw pa pb; up b eth0
ip -n a route add default via 10.67.1.1; ip -n r route add default via 10.67.1.1; ip -n b route add default via 10.67.2.1
ip -n gw route add 192.0.2.0/24 via 10.67.1.3 vrf red

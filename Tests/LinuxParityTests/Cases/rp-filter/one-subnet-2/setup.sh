ns sw a srv
ip -n sw link add br0 address 02:00:00:00:00:f0 type bridge mcast_snooping 0
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name p1 netns sw address 02:0a:00:00:00:a1
ip link add eth0 netns srv address 02:0b:00:00:00:01 type veth peer name p2 netns sw address 02:0b:00:00:00:a2
ip link add eth1 netns srv address 02:0b:00:00:00:02 type veth peer name p3 netns sw address 02:0b:00:00:00:a3
for p in p1 p2 p3; do ip -n sw link set $p master br0; done
up sw p1 p2 p3 br0
set_ srv net.ipv4.conf.all.rp_filter=2
ip -n a addr add 10.10.0.1/24 dev eth0
ip -n srv addr add 10.10.0.10/24 dev eth0; ip -n srv addr add 10.10.0.11/24 dev eth1
up a eth0; up srv eth0 eth1

ns sw a r
fwd r
ip -n sw link add br0 address 02:00:00:00:00:f0 type bridge mcast_snooping 0
ip link add eth0 netns a address 02:00:00:00:0a:01 type veth peer name p1 netns sw address 02:00:00:00:01:01
ip link add eth0 netns r address 02:00:00:00:0b:01 type veth peer name p2 netns sw address 02:00:00:00:01:02
ip link add eth1 netns r address 02:00:00:00:0b:02 type veth peer name p3 netns sw address 02:00:00:00:01:03
for p in p1 p2 p3; do ip -n sw link set $p master br0; done
up sw p1 p2 p3 br0
ip -n a addr add 10.64.0.1/24 dev eth0; ip -n r addr add 10.64.0.2/24 dev eth0; ip -n r addr add 10.64.0.3/24 dev eth1
up a eth0; up r eth0 eth1
ip -n a route add default via 10.64.0.2
ip -n r route add 192.0.2.0/24 via 10.64.0.77 dev eth0

ns h r1 r2
fwd r1 r2
ip link add eth0 netns h address 02:00:01:01:00:00 type veth peer name eth0 netns r1 address 02:00:01:02:00:00
ip link add eth1 netns h address 02:00:02:01:00:00 type veth peer name eth0 netns r2 address 02:00:02:02:00:00
ip -n h addr add 10.1.0.1/24 dev eth0; ip -n h addr add 10.2.0.1/24 dev eth1
ip -n r1 addr add 10.1.0.2/24 dev eth0; ip -n r2 addr add 10.2.0.2/24 dev eth0
for n in r1 r2; do ip -n $n addr add 192.0.2.1/32 dev lo; up $n eth0; done
ip -n r1 route add 10.2.0.0/24 via 10.1.0.1; ip -n r2 route add 10.1.0.0/24 via 10.2.0.1
up h eth0 eth1
ip -n h route add default via 10.1.0.9 src 10.1.0.1
ip -n h route append default via 10.2.0.2
ip -n h route append default via 10.1.0.2 src 10.1.0.1

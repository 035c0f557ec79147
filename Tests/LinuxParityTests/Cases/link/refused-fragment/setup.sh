ns a b
ip link add eth0 netns a address 02:00:01:01:00:00 type veth peer name eth0 netns b address 02:00:01:02:00:00
ip link add eth1 netns a address 02:00:02:01:00:00 type veth peer name eth1 netns b address 02:00:02:02:00:00
ip -n a addr add 10.1.0.1/24 dev eth0; ip -n b addr add 10.1.0.2/24 dev eth0
ip -n a addr add 10.2.0.1/24 dev eth1; ip -n b addr add 10.2.0.2/24 dev eth1
ip -n b link set dev eth0 mtu 1400; ip -n b link set dev eth1 mtu 1400
up a eth0 eth1; up b eth0 eth1

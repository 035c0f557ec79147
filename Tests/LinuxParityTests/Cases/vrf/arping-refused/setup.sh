ns a b
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name eth0 netns b address 02:0b:00:00:00:01
ip link add eth1 netns a address 02:0a:00:00:00:02 type veth peer name eth1 netns b address 02:0b:00:00:00:02
ip -n a link add red address 02:00:fe:00:00:00 type vrf table 10; up a red
ip -n a link set eth0 master red
ip -n a addr add 10.1.0.1/24 dev eth0; ip -n a addr add 10.1.0.3/24 dev eth0; ip -n b addr add 10.1.0.2/24 dev eth0
ip -n a addr add 10.2.0.1/24 dev eth1; ip -n b addr add 10.2.0.2/24 dev eth1
up a eth0 eth1; up b eth0 eth1
ip -n b addr add 10.3.0.2/32 dev lo

ns6 a b
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name eth0 netns b address 02:0b:00:00:00:01
up a eth0; up b eth0
ip -n a addr add 10.1.0.1/24 dev eth0; ip -n b addr add 192.0.2.1/32 dev lo
ip -n a route add 192.0.2.0/24 via inet6 fe80::b:ff:fe00:1 dev eth0
ip -n b route add 10.1.0.0/24 via inet6 fe80::a:ff:fe00:1 dev eth0

ns a r1 r2
ip link add eth1 netns a address 02:00:00:00:0a:01 type veth peer name eth0 netns r1 address 02:00:00:00:01:01
ip link add eth2 netns a address 02:00:00:00:0a:02 type veth peer name eth0 netns r2 address 02:00:00:00:02:01
ip -n a addr add 10.51.1.1/24 dev eth1; ip -n r1 addr add 10.51.1.2/24 dev eth0
ip -n a addr add 10.51.2.1/24 dev eth2; ip -n r2 addr add 10.51.2.2/24 dev eth0
ip -n r1 addr add 192.0.2.1/32 dev lo; ip -n r2 addr add 192.0.2.1/32 dev lo
up a eth1 eth2; up r1 eth0; up r2 eth0
ip -n a route add default via 10.51.1.2
ip -n a route add default via 10.51.2.2 table 100
ip -n r1 route add default via 10.51.1.1; ip -n r2 route add default via 10.51.2.1

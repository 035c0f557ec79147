ns6 a b
ip -n a link add red address 02:00:fe:00:00:00 type vrf table 10
ip link add eth0 netns a address 02:00:00:00:0a:01 type veth peer name eth0 netns b address 02:00:00:00:0b:01
ip -n a link set eth0 master red
up a red eth0; up b eth0
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a addr add 10.5.0.1/32 dev lo; ip -n a addr add fd00:5::1/128 dev lo
ip -n a route add unreachable default metric 4278198272 vrf red
ip -n a -6 route add unreachable default metric 4278198272 vrf red
ip -n a route add 10.9.0.0/24 dev red; ip -n a route add fd00:9::/64 dev red

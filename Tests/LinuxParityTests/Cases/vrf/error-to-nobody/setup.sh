ns a b
ip -n a link add red address 02:00:fe:00:00:00 type vrf table 10
ip link add eth0 netns a address 02:00:00:00:0a:01 type veth peer name eth0 netns b address 02:00:00:00:0b:01
up a red eth0; up b eth0
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0

ns6 a b
ip link add eth0 netns a address 02:00:00:00:0a:01 type veth peer name eth0 netns b address 02:00:00:00:0b:01
ip -n a addr add fd00:1::1/64 dev eth0; ip -n b addr add fd00:1::2/64 dev eth0
up a eth0; up b eth0

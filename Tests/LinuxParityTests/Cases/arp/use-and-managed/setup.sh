ns6 a b
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name eth0 netns b address 02:0b:00:00:00:01
up a eth0; up b eth0
ip -n a addr add 10.74.0.1/24 dev eth0; ip -n a addr add fd00:1::1/64 dev eth0
for n in 2 3 4; do ip -n b addr add 10.74.0.$n/24 dev eth0; ip -n b addr add fd00:1::$n/64 dev eth0; done

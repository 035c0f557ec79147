ns a b
ip link add eth0 netns a address 02:00:00:00:0a:01 type veth peer name eth0 netns b address 02:00:00:00:0b:01
ip -n a addr add 10.43.0.1/24 dev eth0; ip -n a addr add 10.43.0.5/24 dev eth0; ip -n a addr add 10.43.0.6/24 dev eth0
ip -n a addr add 10.43.9.1 peer 10.43.9.2 dev eth0
ip -n b addr add 10.43.0.2/24 dev eth0; ip -n b addr add 10.43.9.2/32 dev eth0
up a eth0; up b eth0
set_ a net.ipv4.conf.eth0.promote_secondaries=1

ns6 a b
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name eth0 netns b address 02:0b:00:00:00:01
ip link add eth1 netns a address 02:0a:00:00:00:02 type veth peer name eth1 netns b address 02:0b:00:00:00:02
up a eth0 eth1; up b eth0 eth1 
ip -n a addr add fd00:1::1/64 dev eth0; ip -n a addr add fd00:2::1/64 dev eth1
ip -n b addr add fd00:1::2/64 dev eth0; ip -n b addr add fd00:2::2/64 dev eth1
for n in 5 6 7 8; do for d in eth0 eth1; do ip -n b addr add fd00:$n::2/128 dev $d; done; done
ip -n a -6 route add fd00:5::/64 dev eth0 pref low
ip -n a -6 route append fd00:5::/64 dev eth1 pref medium
ip -n a -6 route add fd00:6::/64 dev eth0
ip -n a -6 route append fd00:6::/64 dev eth1 pref high
ip -n a -6 route add fd00:7::/64 dev eth0
ip -n a -6 route append fd00:7::/64 dev eth1
ip -n a -6 route add fd00:8::/64 dev eth0 pref high
ip -n a -6 route append fd00:8::/64 dev eth1 metric 512 pref low

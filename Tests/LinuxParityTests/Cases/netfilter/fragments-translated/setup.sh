ns c c2 r s
fwd r
ip link add eth0 netns c address 02:0c:00:00:00:01 type veth peer name in0 netns r address 02:0c:00:00:00:fe
ip link add eth0 netns c2 address 02:0c:00:00:01:01 type veth peer name in1 netns r address 02:0c:00:00:01:fe
ip link add eth0 netns s address 02:05:00:00:00:01 type veth peer name out0 netns r address 02:05:00:00:00:fe
ip -n c addr add 10.71.0.2/24 dev eth0; ip -n r addr add 10.71.0.1/24 dev in0
ip -n c2 addr add 10.71.1.2/24 dev eth0; ip -n r addr add 10.71.1.1/24 dev in1
ip -n s addr add 10.72.0.2/24 dev eth0; ip -n r addr add 10.72.0.1/24 dev out0
up c eth0; up c2 eth0; up s eth0; up r in0 in1 out0
ip -n c route add default via 10.71.0.1
ip -n c2 route add default via 10.71.1.1
ip -n r link set out0 mtu 1200
ip -n s link set eth0 mtu 1200
ip netns exec r iptables -t nat -A POSTROUTING -o out0 -j MASQUERADE

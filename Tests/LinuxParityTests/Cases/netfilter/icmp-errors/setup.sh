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
ip netns exec r iptables -t nat -A POSTROUTING -o out0 -j MASQUERADE
ip netns exec r iptables -t nat -A PREROUTING -i out0 -p udp --dport 5000:5005 -j DNAT --to-destination 10.71.0.2
ip -n s route add blackhole 203.0.113.0/24
ip -n s route add unreachable 198.51.100.0/24
ip netns exec s sysctl -qw net.ipv4.ip_forward=1
ip -n r route add 198.51.100.0/24 via 10.72.0.2

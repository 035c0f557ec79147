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
ip -n s route add default via 10.72.0.1
ip netns exec r iptables -A FORWARD -p udp --dport 1001 -j REJECT
ip netns exec r iptables -A FORWARD -p udp --dport 1002 -j REJECT --reject-with icmp-net-unreachable
ip netns exec r iptables -A FORWARD -p udp --dport 1003 -j REJECT --reject-with icmp-host-unreachable
ip netns exec r iptables -A FORWARD -p udp --dport 1004 -j REJECT --reject-with icmp-proto-unreachable
ip netns exec r iptables -A FORWARD -p udp --dport 1005 -j REJECT --reject-with icmp-net-prohibited
ip netns exec r iptables -A FORWARD -p udp --dport 1006 -j REJECT --reject-with icmp-host-prohibited
ip netns exec r iptables -A FORWARD -p udp --dport 1007 -j REJECT --reject-with icmp-admin-prohibited
ip netns exec r iptables -A FORWARD -p tcp --dport 1008 -j REJECT --reject-with tcp-reset
ip netns exec r iptables -A FORWARD -p icmp -j REJECT --reject-with icmp-admin-prohibited
ip netns exec r iptables -A INPUT -p udp --dport 1001 -j REJECT --reject-with icmp-host-prohibited
ip netns exec r iptables -A INPUT -p tcp --dport 1008 -j REJECT --reject-with tcp-reset
ip netns exec r iptables -A INPUT -p tcp --dport 1009 -j REJECT --reject-with icmp-port-unreachable

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
ip netns exec r iptables -N A
ip netns exec r iptables -N B
ip netns exec r iptables -N C
ip netns exec r iptables -P FORWARD DROP
ip netns exec r iptables -A A -p icmp -j RETURN
ip netns exec r iptables -A A -p udp --dport 7 -g B
ip netns exec r iptables -A A -p udp --dport 8 -j B
ip netns exec r iptables -A A -p udp --dport 9 -j ACCEPT
ip netns exec r iptables -A A -p udp --dport 8 -j ACCEPT
ip netns exec r iptables -A B -p udp -m udp --sport 5001 -j ACCEPT
ip netns exec r iptables -A B -j C
ip netns exec r iptables -A C -p udp --dport 10 -j ACCEPT
ip netns exec r iptables -A FORWARD -i out0 -j ACCEPT
ip netns exec r iptables -A FORWARD
ip netns exec r iptables -A FORWARD -j A
ip netns exec r iptables -A FORWARD -p icmp -j ACCEPT

ns6 c r s
fwd6 r
ip link add eth0 netns c address 02:0c:00:00:00:01 type veth peer name in0 netns r address 02:0c:00:00:00:fe
ip link add eth0 netns s address 02:05:00:00:00:01 type veth peer name out0 netns r address 02:05:00:00:00:fe
ip -n c addr add 2001:db8:71::2/64 dev eth0 nodad; ip -n r addr add 2001:db8:71::1/64 dev in0 nodad
ip -n s addr add 2001:db8:72::2/64 dev eth0 nodad; ip -n r addr add 2001:db8:72::1/64 dev out0 nodad
up c eth0; up s eth0; up r in0 out0
ip -n c route add default via 2001:db8:71::1
ip -n s route add default via 2001:db8:72::1
ip netns exec r ip6tables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
ip netns exec r ip6tables -A FORWARD -p ipv6-icmp --icmpv6-type echo-request -j ACCEPT
ip netns exec r ip6tables -A FORWARD -p udp --dport 1001 -j REJECT
ip netns exec r ip6tables -A FORWARD -p udp --dport 1002 -j REJECT --reject-with icmp6-no-route
ip netns exec r ip6tables -A FORWARD -p udp --dport 1003 -j REJECT --reject-with icmp6-adm-prohibited
ip netns exec r ip6tables -A FORWARD -p udp --dport 1004 -j REJECT --reject-with icmp6-addr-unreachable
ip netns exec r ip6tables -A FORWARD -p udp --dport 1005 -j REJECT --reject-with icmp6-policy-fail
ip netns exec r ip6tables -A FORWARD -p udp --dport 1006 -j REJECT --reject-with icmp6-reject-route
ip netns exec r ip6tables -A FORWARD -p tcp --dport 81 -j REJECT --reject-with tcp-reset
ip netns exec r ip6tables -A FORWARD -p tcp --dport 80 -j ACCEPT
ip netns exec r ip6tables -A FORWARD -j DROP

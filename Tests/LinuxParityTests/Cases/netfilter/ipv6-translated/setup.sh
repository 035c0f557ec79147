ns6 c r s
fwd6 r
ip link add eth0 netns c address 02:0c:00:00:00:01 type veth peer name in0 netns r address 02:0c:00:00:00:fe
ip link add eth0 netns s address 02:05:00:00:00:01 type veth peer name out0 netns r address 02:05:00:00:00:fe
ip -n c addr add 2001:db8:71::2/64 dev eth0 nodad; ip -n r addr add 2001:db8:71::1/64 dev in0 nodad
ip -n s addr add 2001:db8:72::2/64 dev eth0 nodad; ip -n r addr add 2001:db8:72::1/64 dev out0 nodad
up c eth0; up s eth0; up r in0 out0
ip -n c route add default via 2001:db8:71::1
ip netns exec r ip6tables -t nat -A POSTROUTING -o out0 -j MASQUERADE
ip netns exec r ip6tables -t nat -A PREROUTING -i out0 -p tcp --dport 8080 -j DNAT --to-destination [2001:db8:71::2]:80
ip netns exec r ip6tables -t nat -A PREROUTING -i in0 -p udp --dport 53 -j REDIRECT --to-ports 5353

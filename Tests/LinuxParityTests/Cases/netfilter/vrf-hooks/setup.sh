ns r a b w
fwd r
ip -n r link add blue address 02:00:00:00:01:00 type vrf table 10
ip -n r link add red address 02:00:00:00:02:00 type vrf table 20
up r blue red
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name b0 netns r address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name r0 netns r address 02:0b:00:00:00:fe
ip link add eth0 netns w address 02:0e:00:00:00:01 type veth peer name w0 netns r address 02:0e:00:00:00:fe
ip -n r link set b0 master blue; ip -n r link set r0 master red
ip -n r link set w0 master blue
ip -n r addr add 10.80.0.1/24 dev b0; ip -n a addr add 10.80.0.2/24 dev eth0
ip -n r addr add 10.81.0.1/24 dev r0; ip -n b addr add 10.81.0.2/24 dev eth0
ip -n r addr add 192.0.2.1/24 dev w0; ip -n w addr add 192.0.2.2/24 dev eth0
up a eth0; up b eth0; up w eth0; up r b0 r0 w0
ip -n a route add default via 10.80.0.1; ip -n b route add default via 10.81.0.1
ip -n w route add default via 192.0.2.1
ip netns exec r iptables -t mangle -A PREROUTING -i b0 -p icmp
ip netns exec r iptables -t mangle -A PREROUTING -i w0 -p icmp
ip netns exec r iptables -t mangle -A PREROUTING -i blue -p icmp
ip netns exec r iptables -t mangle -A INPUT -i b0 -p icmp
ip netns exec r iptables -t mangle -A INPUT -i w0 -p icmp
ip netns exec r iptables -t mangle -A INPUT -i blue -p icmp
ip netns exec r iptables -t mangle -A FORWARD -i b0 -p icmp
ip netns exec r iptables -t mangle -A FORWARD -i w0 -p icmp
ip netns exec r iptables -t mangle -A FORWARD -i blue -p icmp
ip netns exec r iptables -t mangle -A FORWARD -o b0 -p icmp
ip netns exec r iptables -t mangle -A FORWARD -o w0 -p icmp
ip netns exec r iptables -t mangle -A FORWARD -o blue -p icmp
ip netns exec r iptables -t mangle -A OUTPUT -o b0 -p icmp
ip netns exec r iptables -t mangle -A OUTPUT -o w0 -p icmp
ip netns exec r iptables -t mangle -A OUTPUT -o blue -p icmp
ip netns exec r iptables -t mangle -A POSTROUTING -o b0 -p icmp
ip netns exec r iptables -t mangle -A POSTROUTING -o w0 -p icmp
ip netns exec r iptables -t mangle -A POSTROUTING -o blue -p icmp

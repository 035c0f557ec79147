ns r a b w
fwd r
ip -n r link add blue address 02:00:00:00:01:00 type vrf table 10
ip -n r link add red address 02:00:00:00:02:00 type vrf table 20
up r blue red
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name b0 netns r address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name r0 netns r address 02:0b:00:00:00:fe
ip link add eth0 netns w address 02:0e:00:00:00:01 type veth peer name w0 netns r address 02:0e:00:00:00:fe
ip -n r link set b0 master blue; ip -n r link set r0 master red

ip -n r addr add 10.80.0.1/24 dev b0; ip -n a addr add 10.80.0.2/24 dev eth0
ip -n r addr add 10.81.0.1/24 dev r0; ip -n b addr add 10.81.0.2/24 dev eth0
ip -n r addr add 192.0.2.1/24 dev w0; ip -n w addr add 192.0.2.2/24 dev eth0
up a eth0; up b eth0; up w eth0; up r b0 r0 w0
ip -n a route add default via 10.80.0.1; ip -n b route add default via 10.81.0.1
ip -n r route add 10.81.0.0/24 vrf blue dev red
ip -n r route add 10.80.0.0/24 vrf red dev blue
ip -n r route add 192.0.2.0/24 vrf blue dev w0
ip -n r route add 10.80.0.0/24 dev blue
ip netns exec r iptables -t nat -A POSTROUTING -o r0 -j MASQUERADE
ip netns exec r iptables -t nat -A POSTROUTING -o w0 -j MASQUERADE
ip netns exec r iptables -A FORWARD -i blue -o red -p udp --dport 9 -j DROP
ip netns exec r iptables -A FORWARD -i b0 -o red -p udp --dport 10 -j DROP
ip netns exec r iptables -A OUTPUT -o r0 -p udp --dport 11 -j DROP

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
ip -n r addr add 10.80.0.1/24 dev r0; ip -n b addr add 10.80.0.2/24 dev eth0
ip -n r addr add 192.0.2.1/24 dev w0; ip -n w addr add 192.0.2.2/24 dev eth0
up a eth0; up b eth0; up w eth0; up r b0 r0 w0
ip -n a route add default via 10.80.0.1; ip -n b route add default via 10.80.0.1
ip -n r route add default via 192.0.2.2 dev w0 vrf blue
ip -n r route add default via 192.0.2.2 dev w0 vrf red
ip -n r rule add fwmark 1 lookup 10 pref 900
ip -n r rule add fwmark 2 lookup 20 pref 901
ip netns exec r iptables -t mangle -A PREROUTING -i b0 -m conntrack --ctstate NEW -j CONNMARK --set-mark 1
ip netns exec r iptables -t mangle -A PREROUTING -i r0 -m conntrack --ctstate NEW -j CONNMARK --set-mark 2
ip netns exec r iptables -t mangle -A PREROUTING -i w0 -j CONNMARK --restore-mark
ip netns exec r iptables -t nat -A POSTROUTING -o w0 -j MASQUERADE

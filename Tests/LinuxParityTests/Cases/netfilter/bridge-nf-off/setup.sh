ns ext host c1 c2
fwd host
ip link add docker0 netns host address 02:42:00:00:00:01 type bridge mcast_snooping 0
ip link add eth0 netns c1 address 02:42:ac:11:00:02 type veth peer name veth1 netns host address 02:0a:00:00:00:01
ip link add eth0 netns c2 address 02:42:ac:11:00:03 type veth peer name veth2 netns host address 02:0a:00:00:00:02
ip link add eth0 netns ext address 02:0e:00:00:00:01 type veth peer name eth0 netns host address 02:0e:00:00:00:fe
ip -n host link set veth1 master docker0; ip -n host link set veth2 master docker0
ip -n host addr add 172.17.0.1/16 dev docker0; ip -n host addr add 192.0.2.1/24 dev eth0; ip -n ext addr add 192.0.2.2/24 dev eth0
ip -n c1 addr add 172.17.0.2/16 dev eth0; ip -n c2 addr add 172.17.0.3/16 dev eth0
up host docker0 veth1 veth2 eth0; up c1 eth0; up c2 eth0; up ext eth0
ip -n c1 route add default via 172.17.0.1; ip -n c2 route add default via 172.17.0.1
ip netns exec host sysctl -qw net.bridge.bridge-nf-call-iptables=0
ip netns exec host iptables -A FORWARD -i docker0 -o docker0 -p icmp -j DROP
ip netns exec host iptables -A FORWARD -m physdev --physdev-in veth1 --physdev-out veth2 -p udp --dport 9 -j REJECT
ip netns exec host iptables -A FORWARD -p udp --dport 10 -m physdev ! --physdev-is-bridged -j DROP
ip netns exec host iptables -t nat -A PREROUTING -d 172.17.0.99 -p udp --dport 7 -j DNAT --to-destination 172.17.0.3:8
ip netns exec host iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
ip -n c1 neigh add 172.17.0.99 lladdr 02:42:ac:11:00:03 dev eth0 nud permanent

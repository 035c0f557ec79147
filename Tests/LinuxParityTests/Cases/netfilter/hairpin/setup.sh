ns c d r
fwd r
ip link add br0 netns r address 02:0b:00:00:00:01 type bridge mcast_snooping 0
ip link add eth0 netns c address 02:0c:00:00:00:01 type veth peer name p0 netns r address 02:0c:00:00:00:fe
ip link add eth0 netns d address 02:0d:00:00:00:01 type veth peer name p1 netns r address 02:0d:00:00:00:fe
ip -n r link set p0 master br0; ip -n r link set p1 master br0
ip -n c addr add 10.73.0.2/24 dev eth0; ip -n d addr add 10.73.0.3/24 dev eth0; ip -n r addr add 10.73.0.1/24 dev br0
up c eth0; up d eth0; up r br0 p0 p1
ip -n r addr add 192.0.2.1/32 dev lo
ip -n c route add default via 10.73.0.1; ip -n d route add default via 10.73.0.1
ip netns exec r iptables -t nat -A PREROUTING -d 192.0.2.1 -p tcp --dport 8080 -j DNAT --to-destination 10.73.0.3:80
ip netns exec r sysctl -qw net.ipv4.conf.br0.send_redirects=0 net.ipv4.conf.all.send_redirects=0

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
ip netns exec host iptables -t nat -N DOCKER
ip netns exec host iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
ip netns exec host iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
ip netns exec host iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
ip netns exec host iptables -t nat -A DOCKER -i docker0 -j RETURN
ip netns exec host iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80

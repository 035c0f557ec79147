ns6 a gw
fwd6 gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
ip -n gw link add name lan address 02:0b:00:00:00:fe type bridge mcast_snooping 0
ip netns exec gw sysctl -qw net.ipv6.neigh.west.proxy_delay=0 net.ipv6.neigh.lan.proxy_delay=0
up a eth0; up gw west lan
ip -n a addr add fd00:a::2/64 dev eth0; ip -n gw addr add fd00:a::1/64 dev west
ip -n gw addr add fd00:b::1/64 dev lan
ip -n a route add default via fd00:a::1

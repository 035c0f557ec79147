ns6 a gw b
fwd6 gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns gw address 02:0b:00:00:00:fe
up a eth0; up b eth0; up gw west east
ip -n a addr add fd00:7::a/64 dev eth0; ip -n gw addr add fd00:7::1/64 dev west
ip -n b addr add fd00:7::b/64 dev eth0; ip -n gw route add fd00:7::b/128 dev east
ip -n b route add fd00:7::a/128 via fe80::b:ff:fe00:fe dev eth0
ip netns exec gw sysctl -qw net.ipv6.neigh.west.proxy_delay=0 net.ipv6.neigh.east.proxy_delay=0
ip -n gw -6 neigh add proxy fd00:7::b dev west
set_ gw net.ipv6.conf.west.proxy_ndp=1
ip -n a neigh add fd00:7::b lladdr 02:0a:00:00:00:fe dev eth0 nud stale

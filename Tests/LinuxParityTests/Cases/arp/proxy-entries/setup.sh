ns a gw b
fwd gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns gw address 02:0b:00:00:00:fe
ip -n a addr add 10.61.1.2/16 dev eth0; ip -n gw addr add 10.61.1.1/24 dev west
ip -n b addr add 10.61.2.2/24 dev eth0; ip -n gw addr add 10.61.2.1/24 dev east
up a eth0; up b eth0; up gw west east
ip -n b route add default via 10.61.2.1
set_ gw net.ipv4.neigh.west.proxy_delay=0 net.ipv4.neigh.east.proxy_delay=0
ip -n gw neigh add proxy 10.61.2.2 dev west
ip -n gw neigh add proxy 10.61.2.9 dev west
ip -n gw neigh add proxy 10.61.1.9 dev west
ip -n gw neigh add proxy 10.61.2.10
ip -n gw neigh add proxy 10.61.2.11 dev east

ns a gw b
fwd gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns gw address 02:0b:00:00:00:fe
ip -n a addr add 10.60.1.2/16 dev eth0; ip -n gw addr add 10.60.1.1/24 dev west
ip -n b addr add 10.60.2.2/16 dev eth0; ip -n gw addr add 10.60.2.1/24 dev east
up a eth0; up b eth0; up gw west east
set_ gw net.ipv4.conf.west.proxy_arp=1 net.ipv4.neigh.west.proxy_delay=0 net.ipv4.neigh.east.proxy_delay=0

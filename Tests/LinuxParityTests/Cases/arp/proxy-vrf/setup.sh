ns a gw b c
fwd gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns gw address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns gw address 02:0b:00:00:00:fe
ip link add eth0 netns c address 02:0c:00:00:00:01 type veth peer name main netns gw address 02:0c:00:00:00:fe
ip -n gw link add red address 02:00:00:00:00:ed type vrf table 10
ip -n gw link set west master red; ip -n gw link set east master red
up a eth0; up b eth0; up c eth0; up gw red west east main
ip -n a addr add 10.64.1.2/16 dev eth0; ip -n gw addr add 10.64.1.1/24 dev west
ip -n b addr add 10.64.2.2/16 dev eth0; ip -n gw addr add 10.64.2.1/24 dev east
ip -n c addr add 10.64.3.2/16 dev eth0; ip -n gw addr add 10.64.3.1/24 dev main
set_ gw net.ipv4.conf.all.proxy_arp=1 net.ipv4.neigh.west.proxy_delay=0 net.ipv4.neigh.east.proxy_delay=0 net.ipv4.neigh.main.proxy_delay=0
ip -n gw neigh add proxy 10.64.2.9 dev red

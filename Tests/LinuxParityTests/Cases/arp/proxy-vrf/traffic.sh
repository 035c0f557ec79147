t a ping -n -c 1 -W 0.5 10.64.2.2
t c arping -q -c 1 -w 1 -I eth0 10.64.2.2
t a arping -q -c 1 -w 1 -I eth0 10.64.3.2
t gw ip neigh show vrf red
do_ ip netns exec gw sysctl -qw net.ipv4.conf.all.proxy_arp=0
t a arping -q -c 1 -w 1 -I eth0 10.64.2.9
t a arping -q -c 1 -w 1 -I eth0 10.64.2.2
do_ ip -n gw neigh add proxy 10.64.2.2 dev west
t a arping -q -c 1 -w 1 -I eth0 10.64.2.2
do_ ip -n gw link set west nomaster
t gw ip neigh show proxy
t a arping -q -c 1 -w 1 -I eth0 10.64.2.2
t a arping -q -c 1 -w 1 -I eth0 10.64.3.2

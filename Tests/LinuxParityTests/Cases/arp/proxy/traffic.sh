t a ping -n -c 1 -W 0.5 10.60.2.2
sleep 0.3
do_ ip netns exec gw sysctl -qw net.ipv4.conf.all.proxy_arp=1
t a ping -n -c 1 -W 0.5 10.60.2.2
t b ip neigh show
t a arping -q -c 1 -w 1 -I eth0 10.60.1.77
t a arping -q -c 1 -w 1 -I eth0 10.61.0.1
t gw ip neigh show
do_ ip netns exec gw sysctl -qw net.ipv4.conf.west.medium_id=7
do_ ip netns exec gw sysctl -qw net.ipv4.conf.east.medium_id=7
t a arping -q -c 1 -w 1 -I eth0 10.60.2.3
do_ ip netns exec gw sysctl -qw net.ipv4.conf.east.medium_id=8
t a arping -q -c 1 -w 1 -I eth0 10.60.2.3
do_ ip netns exec gw sysctl -qw net.ipv4.conf.east.medium_id=-1
t a arping -q -c 1 -w 1 -I eth0 10.60.2.3
t b arping -q -c 1 -w 1 -I eth0 10.60.1.3
do_ ip netns exec gw sysctl -qw net.ipv4.conf.east.medium_id=0
do_ ip netns exec gw sysctl -qw net.ipv4.neigh.east.proxy_delay=8
t b arping -q -c 1 -w 1 -I eth0 10.60.1.3
do_ ip netns exec gw sysctl -qw net.ipv4.ip_forward=0
t b arping -q -c 1 -w 1 -I eth0 10.60.1.4

t a arping -q -c 1 -w 1 -I eth0 10.62.0.2
do_ ip netns exec gw sysctl -qw net.ipv4.conf.eth0.proxy_arp_pvlan=1
t a ping -n -c 1 -W 0.5 10.62.0.2
t b ip neigh show
t a arping -q -c 1 -w 1 -I eth0 10.62.0.77
t a arping -q -c 1 -w 1 -D -I eth0 10.62.0.2
t a arping -q -c 1 -w 1 -A -I eth0 10.62.0.1
t a arping -q -c 1 -w 1 -U -I eth0 10.62.0.1
do_ ip netns exec gw sysctl -qw net.ipv4.conf.eth0.proxy_arp_pvlan=0
do_ ip netns exec gw sysctl -qw net.ipv4.conf.all.proxy_arp_pvlan=1
t a arping -q -c 1 -w 1 -I eth0 10.62.0.2
do_ ip netns exec gw sysctl -qw net.ipv4.conf.all.proxy_arp=1
do_ ip netns exec gw sysctl -qw net.ipv4.conf.all.proxy_arp_pvlan=0
t a arping -q -c 1 -w 1 -I eth0 10.62.0.2

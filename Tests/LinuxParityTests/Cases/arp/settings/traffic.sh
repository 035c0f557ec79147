t a arping -q -c 1 -w 1 -I eth0 10.41.2.1
do_ ip netns exec gw sysctl -qw net.ipv4.conf.west.arp_ignore=1
t a arping -q -c 1 -w 1 -I eth0 10.41.2.1
t a arping -q -c 1 -w 1 -I eth0 10.41.1.1
do_ ip netns exec gw sysctl -qw net.ipv4.conf.west.arp_ignore=0
do_ ip netns exec gw sysctl -qw net.ipv4.conf.west.proxy_arp=1
t a arping -q -c 1 -w 1 -I eth0 10.41.2.2
t a arping -q -c 1 -w 1 -I eth0 10.41.1.77
t gw ping -n -c 1 -W 0.5 -I 10.41.2.1 10.41.1.2

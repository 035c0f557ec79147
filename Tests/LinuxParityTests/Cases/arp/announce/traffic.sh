t a ping -n -c 1 -W 0.5 -I 192.0.2.1 10.42.0.2
do_ ip netns exec a sysctl -qw net.ipv4.conf.all.arp_announce=1
t a ping -n -c 1 -W 0.5 -I 192.0.2.1 10.42.0.3
t a ip neigh flush dev eth0
t a ping -n -c 1 -W 0.5 -I 10.42.0.9 10.42.0.3
do_ ip netns exec a sysctl -qw net.ipv4.conf.all.arp_announce=2
t a ping -n -c 1 -W 0.5 -I 10.42.0.9 10.42.0.4

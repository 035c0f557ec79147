t a ip route show table all
t a ping -n -c 1 -W 0.5 10.43.0.2
t a ping -n -c 1 -W 0.3 10.43.9.2
do_ ip -n a addr del 10.43.0.1/24 dev eth0
t a ip route show table all
t a ping -n -c 1 -W 0.5 10.43.0.2
do_ ip netns exec a sysctl -qw net.ipv4.conf.eth0.promote_secondaries=0
do_ ip -n a addr del 10.43.0.5/24 dev eth0
t a ip addr show dev eth0
t a ip route show table all
t a ping -n -c 1 -W 0.3 10.43.0.2

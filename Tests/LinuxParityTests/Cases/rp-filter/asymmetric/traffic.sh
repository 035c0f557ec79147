t a ping -n -c 1 -W 0.5 10.11.1.2
do_ ip netns exec srv sysctl -qw net.ipv4.conf.all.rp_filter=1
t a ping -n -c 1 -W 0.5 10.11.1.2
do_ ip netns exec srv sysctl -qw net.ipv4.conf.mgmt.rp_filter=2
t a ping -n -c 1 -W 0.5 10.11.1.2
do_ ip netns exec gw sysctl -qw net.ipv4.conf.gd.rp_filter=1
t a ping -n -c 1 -W 0.5 10.11.1.2
do_ ip netns exec gw sysctl -qw net.ipv4.conf.all.rp_filter=2
t a ping -n -c 1 -W 0.5 10.11.1.2

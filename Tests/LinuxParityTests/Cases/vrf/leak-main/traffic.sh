t a ping -n -c 1 -W 0.5 192.0.2.1
t a ping -n -c 1 -W 0.5 -t 1 192.0.2.1
t a ping -n -c 1 -W 0.5 10.48.2.2
t m ping -n -c 1 -W 0.5 10.48.1.2
t m ping -n -c 1 -W 0.5 -t 1 10.48.1.2
t m ping -n -c 1 -W 0.5 10.48.1.1
t a traceroute -n -q 1 -N 1 -w 0.5 -m 3 192.0.2.1
do_ ip netns exec gw sysctl -qw net.ipv4.conf.all.rp_filter=1
t a ping -n -c 1 -W 0.3 192.0.2.1
t m ping -n -c 1 -W 0.3 10.48.1.2

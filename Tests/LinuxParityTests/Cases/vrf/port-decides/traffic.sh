t a ping -n -c 2 -i 0.3 -W 0.3 192.0.2.1
sleep 0.2
t gw sysctl -qw net.ipv4.conf.pb.rp_filter=1
t b ping -n -c 1 -W 0.3 10.67.1.2
t b ping -n -c 1 -W 0.3 -I 10.67.1.77 10.67.1.2
sleep 0.2
t gw sysctl -qw net.ipv4.icmp_errors_use_inbound_ifaddr=1
t b ping -n -c 1 -W 0.3 -t 1 10.67.1.2
sleep 0.2
t gw sysctl -qw net.ipv4.conf.pb.forwarding=0
t b ping -n -c 1 -W 0.3 10.67.1.2
t a ping -n -c 1 -W 0.3 10.67.2.2

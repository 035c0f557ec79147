t gw sysctl -qw net.ipv4.conf.default.forwarding=0
t gw sysctl -qw net.ipv4.conf.default.arp_ignore=8
t gw sysctl -qw net.ipv4.conf.default.arp_filter=1
t a ping -n -c 1 -W 0.3 10.62.2.2
t gw sysctl net.ipv4.conf.west.forwarding net.ipv4.conf.west.arp_ignore net.ipv4.conf.west.arp_filter
t gw sysctl -qw net.ipv4.conf.east.forwarding=0
t gw sysctl -qw net.ipv4.ip_forward=1
sleep 0.2
t a ping -n -c 1 -W 0.3 10.62.2.2
t b ping -n -c 1 -W 0.3 10.62.1.2

t a ping -n -c 3 -i 0.3 192.0.2.1
t a ip route get 192.0.2.1
do_ ip netns exec r1 sysctl -qw net.ipv4.conf.all.send_redirects=0
do_ ip netns exec r1 sysctl -qw net.ipv4.conf.eth0.send_redirects=0
t a ping -n -c 2 -i 0.3 192.0.2.2
do_ ip netns exec r1 sysctl -qw net.ipv4.conf.all.send_redirects=1
do_ ip netns exec a sysctl -qw net.ipv4.conf.all.accept_redirects=0
do_ ip netns exec a sysctl -qw net.ipv4.conf.eth0.accept_redirects=0
t a ping -n -c 5 -i 0.25 192.0.2.3

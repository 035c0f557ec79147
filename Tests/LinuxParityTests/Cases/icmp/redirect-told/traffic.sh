t a ping -n -c 2 -i 0.3 -W 0.3 192.0.2.1
t a ip route add 198.51.100.0/24 via 10.59.0.1
sleep 0.2
t a ping -n -c 1 -W 0.3 192.0.2.1
do_ ip netns exec a sysctl -qw net.ipv4.conf.all.accept_redirects=0
do_ ip netns exec a sysctl -qw net.ipv4.conf.eth0.accept_redirects=0
sleep 0.2
t a ping -n -c 2 -i 0.3 -W 0.3 192.0.2.2
t r1 ip route get 192.0.2.2 from 10.59.0.10 iif eth0
t r1 ip route del 203.0.113.0/24 table 77

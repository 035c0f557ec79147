t h1 ping -n -b -c 1 -W 0.5 10.17.0.255
sleep 0.2
do_ ip netns exec h2 sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
t h1 ping -n -b -c 1 -W 0.5 10.17.0.255
do_ ip netns exec h3 sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
sleep 0.2
t h1 ping -n -b -c 1 -W 0.5 10.17.0.255
sleep 0.2
t h1 "$SOCK" udp-send 10.17.0.2 9
t h1 ping -n -c 1 -W 0.5 10.17.0.255

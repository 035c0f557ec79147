ns a b
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name eth0 netns b address 02:0b:00:00:00:01
up a eth0; up b eth0
ip -n a addr add 10.76.0.1/24 brd + dev eth0; ip -n b addr add 10.76.0.2/24 brd + dev eth0
ip netns exec b sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0

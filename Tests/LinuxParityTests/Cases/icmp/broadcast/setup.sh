ns sw h1 h2 h3
ip -n sw link add br0 address 02:00:00:00:00:f0 type bridge mcast_snooping 0
for i in 1 2 3; do
  ip link add eth0 netns h$i address 02:00:00:00:00:0$i type veth peer name p$i netns sw address 02:00:00:00:00:a$i
  ip -n sw link set p$i master br0
  ip -n h$i addr add 10.17.0.$i/24 brd + dev eth0
  up h$i eth0; up sw p$i
done
up sw br0
set_ h1 net.ipv4.icmp_echo_ignore_broadcasts=1
set_ h2 net.ipv4.icmp_echo_ignore_broadcasts=1
set_ h3 net.ipv4.icmp_echo_ignore_broadcasts=1

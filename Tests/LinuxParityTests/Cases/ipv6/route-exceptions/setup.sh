ns6 a r1 r2 br
ip -n br link add br0 type bridge mcast_snooping 0
ip link add eth0 netns a address 02:00:00:00:00:0a type veth peer name pa netns br
ip link add eth0 netns r1 address 02:00:00:00:00:01 type veth peer name p1 netns br
ip link add eth0 netns r2 address 02:00:00:00:00:02 type veth peer name p2 netns br
for i in a 1 2; do ip -n br link set p$i address 02:00:00:00:01:0$i; ip -n br link set p$i master br0; ip netns exec br sysctl -qw net.ipv6.conf.p$i.disable_ipv6=1; done
ip netns exec br sysctl -qw net.ipv6.conf.br0.disable_ipv6=1
fwd6 r1 r2
up br br0 pa p1 p2; up a eth0; up r1 eth0; up r2 eth0
ip -n a addr add fd00:1::a/64 dev eth0; ip -n r1 addr add fd00:1::1/64 dev eth0; ip -n r2 addr add fd00:1::2/64 dev eth0
ip -n r2 addr add fd00:9::1/128 dev lo
ip -n a route add default via fe80::ff:fe00:1 dev eth0
ip -n r1 route add fd00:9::/64 via fe80::ff:fe00:2 dev eth0
ip -n a route add default via fe80::ff:fe00:1 dev eth0 table 100

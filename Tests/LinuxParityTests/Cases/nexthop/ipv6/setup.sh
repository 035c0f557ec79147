ns6 a r1 r2 b
fwd6 r1 r2
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns r1 address 02:01:00:00:00:0a
ip link add high netns r1 address 02:01:00:00:00:02 type veth peer name high netns r2 address 02:02:00:00:00:01
ip link add low netns r1 address 02:01:00:00:00:03 type veth peer name low netns r2 address 02:02:00:00:00:03
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns r2 address 02:02:00:00:00:0b
up a eth0; up b eth0; up r1 west high low; up r2 high low east
ip -n a addr add fd00:1::2/64 dev eth0; ip -n r1 addr add fd00:1::1/64 dev west
ip -n r1 addr add fd00:11::1/64 dev high; ip -n r2 addr add fd00:11::2/64 dev high
ip -n r1 addr add fd00:12::1/64 dev low; ip -n r2 addr add fd00:12::2/64 dev low
ip -n b addr add fd00:2::2/64 dev eth0; ip -n r2 addr add fd00:2::1/64 dev east
ip -n a route add default via fd00:1::1; ip -n b route add default via fd00:2::1
ip -n r2 route add fd00:1::/64 via fd00:12::1
ip -n r1 nexthop add id 1 via fd00:11::2 dev high
ip -n r1 nexthop add id 2 via fe80::2:ff:fe00:3 dev low
ip -n r1 -6 nexthop add id 3 blackhole
ip -n r1 nexthop add id 10 group 1/2
ip -n r1 -6 route add fd00:2::/64 nhid 1
ip -n r1 -6 route add fd00:3::/64 nhid 3
ip -n r1 -6 route add fd00:4::/64 nhid 10

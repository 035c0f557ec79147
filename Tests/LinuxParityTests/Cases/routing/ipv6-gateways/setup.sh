ns6 a r1 r2 b
fwd r1 r2
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns r1 address 02:01:00:00:00:0a
ip link add high netns r1 address 02:01:00:00:00:02 type veth peer name high netns r2 address 02:02:00:00:00:01
ip link add low netns r1 address 02:01:00:00:00:03 type veth peer name low netns r2 address 02:02:00:00:00:03
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns r2 address 02:02:00:00:00:0b
up a eth0; up b eth0; up r1 west high low; up r2 high low east
ip -n a addr add 10.71.1.2/24 dev eth0; ip -n r1 addr add 10.71.1.1/24 dev west
ip -n r1 addr add fd00:12::1/64 dev low; ip -n r2 addr add fd00:12::2/64 dev low
for n in 2 3 4 5 6 7; do ip -n b addr add 10.71.2.$n/24 dev eth0; done
ip -n r2 addr add 10.71.2.1/24 dev east
ip -n a -4 route add default via inet6 fe80::1:ff:fe00:a dev eth0
ip -n b route add 10.71.0.0/16 via inet6 fe80::2:ff:fe00:b dev eth0
ip -n r1 route add 10.71.2.0/24 via inet6 fe80::2:ff:fe00:1 dev high
ip -n r1 route add 10.71.3.0/24 via inet6 fe80::9 dev high
ip -n r2 route add 10.71.1.0/24 via inet6 fd00:12::1
ip -n r2 link set low mtu 1400; ip -n r1 link set low mtu 1400

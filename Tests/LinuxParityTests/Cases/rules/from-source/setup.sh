ns a c gw r1 r2
fwd gw r1 r2
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name la netns gw address 02:0a:00:00:00:fe
ip link add eth0 netns c address 02:0c:00:00:00:01 type veth peer name lc netns gw address 02:0c:00:00:00:fe
ip link add eth0 netns r1 address 02:01:00:00:00:01 type veth peer name up1 netns gw address 02:01:00:00:00:fe
ip link add eth0 netns r2 address 02:02:00:00:00:01 type veth peer name up2 netns gw address 02:02:00:00:00:fe
ip -n a addr add 10.9.1.2/24 dev eth0; ip -n gw addr add 10.9.1.1/24 dev la
ip -n c addr add 10.9.2.2/24 dev eth0; ip -n c addr add 10.9.2.3/24 dev eth0; ip -n gw addr add 10.9.2.1/24 dev lc
ip -n r1 addr add 10.9.11.2/24 dev eth0; ip -n gw addr add 10.9.11.1/24 dev up1
ip -n r2 addr add 10.9.12.2/24 dev eth0; ip -n gw addr add 10.9.12.1/24 dev up2
ip -n r1 addr add 192.0.2.1/32 dev lo; ip -n r2 addr add 192.0.2.1/32 dev lo
up a eth0; up c eth0; up gw la lc up1 up2; up r1 eth0; up r2 eth0
ip -n a route add default via 10.9.1.1; ip -n c route add default via 10.9.2.1
ip -n r1 route add default via 10.9.11.1; ip -n r2 route add default via 10.9.12.1
ip -n gw route add default via 10.9.12.2
ip -n gw route add default via 10.9.11.2 table 100
ip -n gw rule add from 10.9.1.0/24 lookup 100 pref 1000
ip -n gw rule add from 10.9.2.3 unreachable pref 900

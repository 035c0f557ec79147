ns r h1 h2 h3
fwd r
ip link add eth0 netns h1 address 02:0a:00:00:00:01 type veth peer name p1 netns r address 02:0a:00:00:00:fe
ip link add eth0 netns h2 address 02:0b:00:00:00:01 type veth peer name p2 netns r address 02:0b:00:00:00:fe
ip link add eth0 netns h3 address 02:0c:00:00:00:01 type veth peer name p3 netns r address 02:0c:00:00:00:fe
ip -n r addr add 192.0.2.1/28 dev p1; ip -n h1 addr add 192.0.2.2/28 dev eth0
ip -n r addr add 192.0.2.17/28 dev p2; ip -n h2 addr add 192.0.2.18/28 dev eth0
ip -n r addr add 192.0.2.33/28 dev p3; ip -n h3 addr add 192.0.2.34/28 dev eth0
up r p1 p2 p3; up h1 eth0; up h2 eth0; up h3 eth0
ip -n h1 route add default via 192.0.2.1; ip -n h2 route add default via 192.0.2.17; ip -n h3 route add default via 192.0.2.33
ip -n h1 link add vx0 address 02:0a:00:00:01:01 type vxlan id 7 dstport 4789 ttl 9
ip -n h2 link add vx0 address 02:0b:00:00:01:01 type vxlan id 7 dstport 4789
ip -n h3 link add vx0 address 02:0c:00:00:01:01 type vxlan id 7 dstport 4789 nolearning
bridge -n h1 fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.18; bridge -n h1 fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.34
bridge -n h2 fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.2; bridge -n h2 fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.34
bridge -n h3 fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.2; bridge -n h3 fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.18
bridge -n h3 fdb add 02:0a:00:00:01:01 dev vx0 dst 192.0.2.2
ip -n h1 addr add 10.65.0.1/24 dev vx0; ip -n h2 addr add 10.65.0.2/24 dev vx0; ip -n h3 addr add 10.65.0.3/24 dev vx0
up h1 vx0; up h2 vx0; up h3 vx0

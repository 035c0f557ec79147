ns h1 h2
ip link add eth0 netns h1 address 02:0a:00:00:00:01 type veth peer name eth0 netns h2 address 02:0b:00:00:00:01
ip -n h1 addr add 192.0.2.1/24 dev eth0; ip -n h2 addr add 192.0.2.2/24 dev eth0
up h1 eth0; up h2 eth0
ip -n h1 link add vx0 address 02:0a:00:00:01:01 type vxlan id 42 dstport 4789 local 192.0.2.1 remote 192.0.2.2 dev eth0 ttl inherit tos inherit
ip -n h2 link add vx0 address 02:0b:00:00:01:01 type vxlan id 42 dstport 4789 local 192.0.2.2 remote 192.0.2.1 dev eth0 tos 0x20
ip -n h1 addr add 10.64.0.1/24 dev vx0; ip -n h2 addr add 10.64.0.2/24 dev vx0
up h1 vx0; up h2 vx0

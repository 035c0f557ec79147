ns host c1 out
ip link add eth0 netns host address 02:0a:00:00:00:01 type veth peer name eth0 netns out address 02:0b:00:00:00:01
up host eth0; up out eth0
ip -n host link add m1 link eth0 address 02:0a:00:00:01:01 type macvlan mode passthru
ip -n host link set m1 netns c1
ip -n out addr add 10.64.0.9/24 dev eth0; ip -n c1 addr add 10.64.0.11/24 dev m1
up c1 m1

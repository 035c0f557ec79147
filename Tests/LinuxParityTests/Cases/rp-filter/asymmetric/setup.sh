ns a gw srv
fwd gw
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name lan netns gw address 02:0a:00:00:00:fe
ip link add mgmt netns srv address 02:0b:00:00:00:01 type veth peer name gm netns gw address 02:0b:00:00:00:fe
ip link add data netns srv address 02:0c:00:00:00:01 type veth peer name gd netns gw address 02:0c:00:00:00:fe
ip -n a addr add 10.11.0.2/24 dev eth0; ip -n gw addr add 10.11.0.1/24 dev lan
ip -n srv addr add 10.11.1.2/24 dev mgmt; ip -n gw addr add 10.11.1.1/24 dev gm
ip -n srv addr add 10.11.2.2/24 dev data; ip -n gw addr add 10.11.2.1/24 dev gd
up a eth0; up gw lan gm gd; up srv mgmt data
ip -n a route add default via 10.11.0.1
ip -n srv route add default via 10.11.2.1

ns sw a b
ip -n sw link add br0 address 02:00:00:00:00:b0 type bridge mcast_snooping 0
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name pa netns sw address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name pb netns sw address 02:0b:00:00:00:fe
ip -n sw link set pa master br0; ip -n sw link set pb master br0
up sw pa pb br0; up a eth0; up b eth0
ip -n a link add link eth0 name v10 type vlan id 10; ip -n b link add link eth0 name v10 type vlan id 10
ip -n sw link add link br0 name br0.10 type vlan id 10
ip -n sw link add link pb name pb.20 type vlan id 20; ip -n b link add link eth0 name v20 type vlan id 20
ip -n a addr add 10.61.10.1/24 dev v10; ip -n b addr add 10.61.10.2/24 dev v10; ip -n sw addr add 10.61.10.254/24 dev br0.10
ip -n b addr add 10.61.20.2/24 dev v20; ip -n sw addr add 10.61.20.254/24 dev pb.20
up a v10; up b v10 v20; up sw br0.10 pb.20

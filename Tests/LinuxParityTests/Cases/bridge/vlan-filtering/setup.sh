ns sw a b c d
ip -n sw link add br0 address 02:00:00:00:00:b0 type bridge mcast_snooping 0 vlan_filtering 1
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name pa netns sw address 02:0a:00:00:00:fe
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name pb netns sw address 02:0b:00:00:00:fe
ip link add eth0 netns c address 02:0c:00:00:00:01 type veth peer name pc netns sw address 02:0c:00:00:00:fe
ip link add eth0 netns d address 02:0d:00:00:00:01 type veth peer name pd netns sw address 02:0d:00:00:00:fe
ip -n sw link set pa master br0; ip -n sw link set pb master br0; ip -n sw link set pc master br0; ip -n sw link set pd master br0
bridge -n sw vlan add dev pa vid 10 pvid untagged; bridge -n sw vlan del dev pa vid 1
bridge -n sw vlan add dev pb vid 10 pvid untagged; bridge -n sw vlan del dev pb vid 1
bridge -n sw vlan add dev pc vid 20 pvid untagged; bridge -n sw vlan del dev pc vid 1
bridge -n sw vlan add dev pd vid 10; bridge -n sw vlan add dev pd vid 20
bridge -n sw vlan add dev br0 vid 10 self
ip -n sw link add link br0 name br0.10 type vlan id 10
up sw pa pb pc pd br0; up a eth0; up b eth0; up c eth0; up d eth0; up sw br0.10
ip -n d link add link eth0 name v10 type vlan id 10; ip -n d link add link eth0 name v20 type vlan id 20
ip -n d link add link eth0 name v30 type vlan id 30
up d v10 v20 v30
ip -n a addr add 10.66.0.1/24 dev eth0; ip -n b addr add 10.66.0.2/24 dev eth0; ip -n c addr add 10.66.0.3/24 dev eth0
ip -n d addr add 10.66.0.4/24 dev v10; ip -n d addr add 10.66.1.4/24 dev v20; ip -n d addr add 10.66.2.4/24 dev v30
ip -n c addr add 10.66.1.3/24 dev eth0; ip -n sw addr add 10.66.0.254/24 dev br0.10; ip -n sw addr add 10.66.3.254/24 dev br0
ip -n a neigh add 10.66.0.3 lladdr 02:0c:00:00:00:01 dev eth0; ip -n d neigh add 10.66.2.9 lladdr 02:99:00:00:00:01 dev v30
ip -n sw neigh add 10.66.3.1 lladdr 02:98:00:00:00:01 dev br0

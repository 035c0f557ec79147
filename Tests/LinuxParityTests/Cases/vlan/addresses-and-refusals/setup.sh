ns a b c
ip -n a link add br0 address 02:00:00:00:00:b0 type bridge mcast_snooping 0
ip link add low0 netns a address 02:00:01:01:00:00 type veth peer name low0 netns b address 02:00:01:02:00:00
ip link add low1 netns a address 02:01:02:01:00:00 type veth peer name eth0 netns b address 02:00:02:02:00:00
ip link add p0 netns a address 02:00:03:01:00:00 type veth peer name eth1 netns b address 02:00:03:02:00:00
ip link add low2 netns a address 02:00:04:01:00:00 type veth peer name low2 netns b address 02:00:04:02:00:00
ip -n a link set p0 master br0
for n in a b; do up $n low0 low2; done; up a low1 p0 br0; up b eth0 eth1
for n in a b; do ip -n $n link add link low0 name v10 type vlan id 10; done
ip -n a link add link v10 name v11 address 02:00:01:01:00:00 type vlan id 11
ip -n a link add link low0 name v12 address 02:00:01:01:00:00 type vlan id 12; ip -n b link add link low0 name v12 type vlan id 12
ip -n a link add m1 link low1 address 02:00:02:01:00:00 type macvlan mode bridge
ip -n a link add link low2 name v20 address 02:00:04:01:20:00 type vlan id 20; ip -n b link add link low2 name v20 type vlan id 20
ip -n a link add link low2 name v30 type vlan id 30
for n in a b; do up $n v10 v12 v20; done; up a v11 m1
ip -n a addr add 10.1.0.1/24 dev v10; ip -n b addr add 10.1.0.2/24 dev v10
ip -n a addr add 10.2.0.1/24 dev m1; ip -n b addr add 10.2.0.2/24 dev eth0
ip -n a addr add 10.3.0.1/24 dev br0; ip -n b addr add 10.3.0.2/24 dev eth1
ip -n a addr add 10.4.0.1/24 dev v12; ip -n b addr add 10.4.0.2/24 dev v12
ip -n a addr add 10.5.0.1/24 dev v20; ip -n b addr add 10.5.0.2/24 dev v20
for i in low0 eth0 eth1; do ip -n b link set dev $i mtu 1000; done

ns a b
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name eth0 netns b address 02:0b:00:00:00:01
up a eth0; up b eth0
ip -n a link add link eth0 name eth0.10 type vlan id 10; ip -n b link add link eth0 name eth0.10 type vlan id 10
ip -n a link add link eth0 name eth0.20 type vlan id 20; ip -n b link add link eth0 name v20 address 02:0b:00:00:00:20 type vlan id 20
ip -n a addr add 10.60.0.1/24 dev eth0; ip -n b addr add 10.60.0.2/24 dev eth0
ip -n a addr add 10.60.10.1/24 dev eth0.10; ip -n b addr add 10.60.10.2/24 dev eth0.10
ip -n a addr add 10.60.20.1/24 dev eth0.20; ip -n b addr add 10.60.20.2/24 dev v20
up a eth0.10 eth0.20; up b eth0.10 v20
ip -n a link add link eth0 name eth0.30 type vlan id 30; ip -n a addr add 10.60.30.1/24 dev eth0.30; up a eth0.30

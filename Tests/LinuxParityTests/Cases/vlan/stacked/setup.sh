ns a b
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name eth0 netns b address 02:0b:00:00:00:01
up a eth0; up b eth0
for n in a b; do ip -n $n link add link eth0 name s100 type vlan protocol 802.1ad id 100; ip -n $n link add link s100 name c5 type vlan id 5; done
for n in a b; do ip -n $n link add link eth0 name c100 type vlan id 100; ip -n $n link add link c100 name c7 type vlan id 7; done
for n in a b; do ip -n $n link add link c5 name c9 type vlan id 9; done
ip -n a addr add 10.61.0.1/24 dev s100; ip -n b addr add 10.61.0.2/24 dev s100
ip -n a addr add 10.61.5.1/24 dev c5; ip -n b addr add 10.61.5.2/24 dev c5
ip -n a addr add 10.61.1.1/24 dev c100; ip -n b addr add 10.61.1.2/24 dev c100
ip -n a addr add 10.61.7.1/24 dev c7; ip -n b addr add 10.61.7.2/24 dev c7
ip -n a addr add 10.61.9.1/24 dev c9; ip -n b addr add 10.61.9.2/24 dev c9
for i in s100 c5 c100 c7 c9; do up a $i; up b $i; done

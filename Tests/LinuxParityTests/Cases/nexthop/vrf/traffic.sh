t r1 ip nexthop show vrf red
t r1 ip nexthop show master red
t r1 ip route show vrf red
t r1 ip route
t a ping -n -c 1 -W 0.5 10.74.2.2
t r1 ping -n -c 1 -W 0.5 10.74.2.2
do_ ip -n r1 nexthop replace id 10 group 2
t a ping -n -c 1 -W 0.5 10.74.2.2
t r1 ip vrf exec red ping -n -c 1 -W 0.5 10.74.2.2
do_ ip -n r1 link set low nomaster
t r1 ip nexthop
t r1 ip route show vrf red
t r1 ip nexthop add id 2 via 10.74.12.2 dev low
t r1 ip nexthop add id 4 via 10.74.11.9 dev high
t a ping -n -c 1 -W 0.5 10.74.2.2
do_ ip -n r1 link del red
t r1 ip nexthop
t r1 ip route

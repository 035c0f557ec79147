t r1 ip route
t r1 ip nexthop
do_ ip -n r1 nexthop replace id 10 group 2
for n in 2 3 4; do t a ping -n -c 1 -W 0.5 10.71.2.$n; done
do_ ip -n r1 nexthop replace id 10 group 1/2
do_ ip -n r1 nexthop del id 2
for n in 5 6 7; do t a ping -n -c 1 -W 0.5 10.71.2.$n; done
t r1 ip route
t r1 ip nexthop
do_ ip -n r1 nexthop del id 1
t r1 ip nexthop
t r1 ip route
t a ping -n -c 1 -W 0.5 10.71.2.8

t r1 ip route
do_ ip -n r2 link set high down
sleep 0.3
t r1 ip nexthop
t r1 ip route
t a ping -n -c 1 -W 0.5 10.73.2.2
t a ping -n -c 1 -W 0.5 10.73.4.2
t r1 ip nexthop add id 1 via 10.73.11.2 dev high
do_ ip -n r2 link set high up
sleep 0.3
t r1 ip nexthop
do_ ip -n r1 nexthop add id 1 via 10.73.11.2 dev high
do_ ip -n r1 nexthop replace id 10 group 1
t a ping -n -c 1 -W 0.5 10.73.2.2
do_ ip -n r1 addr del 10.73.11.1/24 dev high
t r1 ip route
do_ ip -n r1 link set high down
sleep 0.3
t r1 ip nexthop
t r1 ip route
t a ping -n -c 1 -W 0.5 10.73.2.2

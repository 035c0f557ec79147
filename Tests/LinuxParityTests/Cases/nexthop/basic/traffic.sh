t a ping -n -c 1 -W 0.5 10.70.2.2
t r1 ip route
t r1 ip nexthop
t a ping -n -c 1 -W 0.5 10.70.3.3
t r1 ping -n -c 1 -W 0.5 10.70.3.3
t a traceroute -n -q 1 -w 0.5 -m 4 10.70.2.2
do_ ip -n r1 nexthop replace id 1 via 10.70.12.2 dev low
t a ping -n -c 1 -W 0.5 10.70.2.2
do_ ip -n r1 nexthop del id 1
t a ping -n -c 1 -W 0.5 10.70.2.2
t r1 ip route get 10.70.2.2
t r1 ip route

t r1 ping -n -c 1 -W 3.5 10.72.11.9
t r1 ip neigh show dev high
for n in 2 3 4 5 6 7 8 9; do t a ping -n -c 1 -W 0.5 10.72.2.$n; done
t r1 ip nexthop

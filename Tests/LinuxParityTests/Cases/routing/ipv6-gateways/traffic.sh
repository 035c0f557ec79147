t a ip route
t r1 ip route
t r2 ip route
t a ip route get 10.71.2.2
t r1 ip route get 10.71.2.2 from 10.71.1.2 iif west
t a ping -n -c 1 -W 0.5 10.71.2.2
t a ping -n -c 1 -W 5 10.71.3.3
do_ ip -n r1 neigh flush dev high
t b ping -n -c 1 -W 0.5 -s 1400 -M do 10.71.1.2
t b ping -n -c 1 -W 0.5 -s 1400 -M do 10.71.1.2
t r1 ping -n -c 1 -W 0.5 10.71.2.2
do_ ip -n r1 nexthop add id 1 via fe80::2:ff:fe00:1 dev high
do_ ip -n r1 nexthop add id 2 via fd00:12::2 dev low
do_ ip -n r1 nexthop add id 10 group 1,1/2,1
do_ ip -n r1 route add 10.71.2.3 nhid 1
do_ ip -n r1 route add 10.71.2.4 nhid 10
do_ ip -n r1 nexthop replace id 10 group 2
t r1 ip route
t a ping -n -c 1 -W 0.5 10.71.2.3
t a ping -n -c 1 -W 0.5 10.71.2.4
do_ ip -n r1 nexthop replace id 1 via fe80::2:ff:fe00:3 dev low
t a ping -n -c 1 -W 0.5 10.71.2.3
do_ ip -n r1 route replace 10.71.2.0/24 nexthop via inet6 fe80::2:ff:fe00:1 dev high nexthop via inet6 fe80::2:ff:fe00:1 dev high weight 2
t a ping -n -c 1 -W 0.5 10.71.2.5
t a traceroute -n -q 1 -w 1 10.71.2.6
t r1 ip route
do_ ip -n r1 route del 10.71.2.0/24 via inet6 fe80::3 dev high
do_ ip -n r1 route del 10.71.2.3
t a ping -n -c 1 -W 0.5 10.71.2.7
t r1 ip route show root 10.71.2.0/23
sleep 8

t r1 ip -6 route show root fd00::/8
t a ping -n -c 1 -W 0.5 fd00:2::2
t a ping -n -c 1 -W 0.5 fd00:3::3
do_ ip -n r1 nexthop replace id 1 via fd00:12::2 dev low
t a ping -n -c 1 -W 0.5 fd00:2::2
do_ ip -n r1 nexthop replace id 1 via fe80::2:ff:fe00:3 dev low
t a ping -n -c 1 -W 0.5 fd00:2::2
do_ ip -n r1 nexthop del id 1
t r1 ip nexthop
t r1 ip -6 route show root fd00::/8
t a ping -n -c 1 -W 0.5 fd00:2::2
do_ ip -n r2 link set low down
sleep 0.3
t r1 ip nexthop
t r1 ip -6 route show root fd00::/8

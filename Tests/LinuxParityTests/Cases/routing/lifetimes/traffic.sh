do_ ip -n a addr add 10.72.1.2/24 dev eth0 valid_lft 10 preferred_lft 5
do_ ip -n a addr add 10.72.1.3/24 dev eth0
do_ ip -n a addr add 10.72.3.2/24 dev eth0
do_ ip -n a addr add fd00:1::2/64 dev eth0
do_ ip -n a addr add fd00:1::3/64 dev eth0 valid_lft 10 preferred_lft 5
sleep 2
do_ ip -n a route add default via 10.72.1.1 src 10.72.1.2
do_ ip -n a route add default via fd00:1::1
do_ ip -n a -6 route add fd00:2::2 via fd00:1::1 expires 7
t a ping -n -c 1 -W 0.5 10.72.2.2
t a ping -n -c 1 -W 0.5 fd00:2::2
sleep 4.5
t a ping -n -c 1 -W 0.5 10.72.2.2
t a ping -n -c 1 -W 0.5 fd00:2::2
t a ip addr show dev eth0 deprecated
sleep 5
t a ip addr show dev eth0
t a ip route
t a ping -n -c 1 -W 0.5 10.72.2.2
t a ping -n -c 1 -W 0.5 10.72.1.1
t a ping -n -c 1 -W 0.5 fd00:2::2
sleep 2
t r ping -n -c 1 -W 0.5 fd00:1::3
sleep 3
do_ ip -n a -6 route change default via fd00:1::1 expires 2
t a ping -n -c 1 -W 0.5 fd00:2::2
sleep 3
t a ping -n -c 1 -W 0.5 fd00:2::2
do_ ip -n a addr add 10.72.5.2/24 dev eth0 valid_lft 3 preferred_lft 1
do_ ip -n a addr change 10.72.5.2/24 dev eth0 valid_lft forever preferred_lft forever metric 9
sleep 4
t a ip addr show dev eth0
t a ip route
do_ ip -n a addr change fd00:1::2/64 dev eth0 valid_lft 100 preferred_lft 100
sleep 3
t a ping -n -c 1 -W 0.5 fd00:1::1
do_ ip -n a addr change fd00:1::2/64 dev eth0
sleep 3
t a ping -n -c 1 -W 0.5 fd00:1::1
sleep 8

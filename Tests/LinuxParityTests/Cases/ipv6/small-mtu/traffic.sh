t a ping -n -c 1 -W 0.3 -s 1400 -M want fd00:9::1
do_ ip -n a link set eth0 mtu 1300
t a ping -n -c 1 -W 0.3 -s 1400 -M want fd00:9::1
do_ ip -n a link set eth0 mtu 1000
t a ping -n -c 1 -W 0.3 fd00:1::2
t b ping -n -c 1 -W 0.3 fd00:1::1
t a ip addr add fd00:1::1/64 dev eth0
t a ip addr del fd00:1::1/64 dev eth0
t a ip -6 route add fd00:9::/64 dev eth0
do_ ip -n a link set eth0 mtu 1500
sleep 0.2
t a ip -6 addr show dev eth0
do_ ip -n a addr add fd00:1::3/64 dev eth0
sleep 0.2
t a ping -n -c 1 -W 0.3 fd00:1::2
t a ip -6 route show

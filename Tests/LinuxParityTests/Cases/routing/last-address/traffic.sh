t a ping -n -c 1 -W 0.3 10.50.2.2
t a ip addr del 10.50.1.2/24 dev eth0
t a ip route show table all
sleep 0.2
t a ping -n -c 1 -W 0.3 10.50.2.2
t a ip addr del 10.50.3.2/24 dev eth0
t a ip route show table all
t a ip neigh show
sleep 0.2
t a ping -n -c 1 -W 0.3 10.50.2.2
t a ping -n -c 1 -W 0.3 -I eth0 10.50.1.1

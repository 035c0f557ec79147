t a ping -n -c 1 -W 0.3 -I eth0 10.57.0.2
t a ip neigh show
sleep 0.2
t b ping -n -b -c 1 -W 0.3 -I eth1 10.57.0.255

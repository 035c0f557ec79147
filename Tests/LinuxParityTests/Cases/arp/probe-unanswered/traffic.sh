t a ping -n -c 1 -W 0.5 10.6.0.2
t a ip neigh show
sleep 5
t a ip neigh show
sleep 3
t a ip neigh show
t a ping -n -c 1 -W 1 10.6.0.2
t a ip neigh show

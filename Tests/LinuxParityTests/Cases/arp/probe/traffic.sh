t a ping -n -c 1 10.6.0.2
t b ip neigh show
sleep 2
t b ip neigh show
sleep 4
t a ip neigh show
t b ip neigh show

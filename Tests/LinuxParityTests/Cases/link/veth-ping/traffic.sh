t a ping -n -c 3 -i 0.3 10.1.0.2
t b ping -n -c 1 10.1.0.1
t a ip neigh show

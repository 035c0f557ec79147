t a ping -n -c 3 -i 0.3 -W 4 10.5.1.77
t a ip neigh show
sleep 0.3
t a ping -n -c 3 -i 0.3 -W 4 10.5.2.77
t gw ip neigh show

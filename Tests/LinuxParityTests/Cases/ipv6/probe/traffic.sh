t a ping -n -c 1 fd00:1::2
t b ip -6 neigh show
sleep 2
t b ip -6 neigh show
sleep 4
t a ip -6 neigh show
t b ip -6 neigh show

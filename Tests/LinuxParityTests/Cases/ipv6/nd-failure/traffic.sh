t a ping -n -c 1 -W 4 fd00:a::99
sleep 0.5
t a ping -n -c 1 -W 4 fd00:b::99
t gw ip -6 neigh show

t a ping -n -c 2 -i 0.3 fd00:b::2
t b ping -n -c 1 fd00:a::2
t a ping -n -c 1 fd00:b::1
t a ping -n -c 1 fd00:a::1
t a ip -6 neigh show
t a ip -6 route get fd00:b::2
t gw ip -6 route show
t gw ip -6 route show table local

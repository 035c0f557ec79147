t a ping -n -c 2 -i 0.3 fd00:1::2
t a ip -6 neigh show
t b ip -6 neigh show
t b ping -n -c 1 fd00:1::1
t a ping -n -c 1 fd00:1::1
t a ping -n -c 1 ::1
t a ip -6 addr show
t a ip -6 route show
t a ip -6 route show table local
t a ip -6 route get fd00:1::2
t a ip -6 route get fd00:9::1
t a ping -n -c 1 fd00:9::1

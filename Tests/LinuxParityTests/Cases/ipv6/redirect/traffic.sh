t a ping -n -c 2 -i 0.3 fd00:9::1
t a ip -6 route get fd00:9::1
t a ping -n -c 1 fd00:9::1

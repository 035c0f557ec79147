t a ping -n -c 1 fd00:b::1
t a ping -n -c 1 -I fd00:2::a fd00:b::1
t a ping -n -c 1 -I fd00:1::a fd00:b::1
t a ping -n -c 1 -I e2 fd00:b::1
t a ping -n -c 1 fd00:dead::1
t a ip -6 rule show
t a ip -6 route get fd00:b::1 from fd00:2::a
t a ip -6 route show table 100

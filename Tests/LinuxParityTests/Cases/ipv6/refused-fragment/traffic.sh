t a ping -n -c 1 -W 0.3 fd00:1::2
t a ping -n -c 1 -W 0.3 -s 4000 fd00:1::2
t b ping -n -c 1 -W 0.3 -s 4000 fd00:1::1

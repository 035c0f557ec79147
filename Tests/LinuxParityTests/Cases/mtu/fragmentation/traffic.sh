t a ping -n -c 1 -W 1 -s 3000 -M dont 10.8.2.2
t a ping -n -c 1 -W 1 -s 1473 -M dont 10.8.2.2
t b ping -n -c 1 -W 1 -s 2000 -M dont 10.8.1.2

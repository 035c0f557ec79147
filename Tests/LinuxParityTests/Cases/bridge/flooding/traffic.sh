t h1 ping -n -c 2 -i 0.3 10.2.0.3
t h1 ping -n -c 2 -i 0.3 -W 0.5 10.2.0.77

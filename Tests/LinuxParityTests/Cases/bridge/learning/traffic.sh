t h1 ping -n -c 2 -i 0.3 10.2.0.2
t h3 ping -n -c 1 10.2.0.254
t sw ping -n -c 1 10.2.0.2
t sw bridge fdb show br br0 dynamic

t c1 ping -c 1 10.63.0.9
t c1 ping -c 1 -W 0.5 10.63.0.12
t out ping -c 1 10.63.0.11
t out ping -c 1 -I 10.63.0.9 10.63.0.12

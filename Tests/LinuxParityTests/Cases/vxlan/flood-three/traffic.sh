t h1 ping -c 1 10.65.0.2
t h1 ping -c 1 10.65.0.3
t h2 ping -c 1 10.65.0.3
t h1 ping -c 1 -W 0.5 10.65.0.9

t h1 ping -n -c 1 -W 0.5 10.2.0.2

t c1 ping -c 1 10.62.0.12
t c1 ping -c 1 10.62.0.9
t out ping -c 1 10.62.0.12
t host ping -c 1 -W 0.5 10.62.0.11
t out ping -c 1 10.62.0.1

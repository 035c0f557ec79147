t h1 ping -n -c 1 -W 0.5 172.16.2.2
t h1 ping -n -c 1 -W 1 -t 1 172.16.2.2
t h1 ping -n -c 1 -W 0.5 -s 1450 -M do 172.16.2.2

t h1 ping -c 1 10.64.0.2
t h2 ping -c 1 -t 5 10.64.0.1
t h1 ping -c 1 -s 1422 -M do 10.64.0.2
t h1 ping -c 1 -s 4000 10.64.0.2

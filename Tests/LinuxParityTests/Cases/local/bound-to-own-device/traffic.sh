t a ping -n -c 1 -W 0.3 -I eth0 10.61.0.1
t a ping -n -c 1 -W 0.3 -I eth1 10.61.1.1
t a ping -n -c 1 -W 0.3 -I lo 127.0.0.1
t a ping -n -c 1 -W 0.8 -I eth1 10.61.0.1

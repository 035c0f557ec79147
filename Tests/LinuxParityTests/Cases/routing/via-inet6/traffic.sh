t a ping -n -c 1 -W 0.5 192.0.2.1

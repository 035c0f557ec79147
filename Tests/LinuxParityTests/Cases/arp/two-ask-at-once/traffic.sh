t a ping -n -c 1 -W 2.6 192.0.2.1

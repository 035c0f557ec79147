t a ping -c 1 10.61.10.2
t a ping -c 1 10.61.10.254
t sw ping -c 1 10.61.10.2
t b ping -c 1 10.61.20.254

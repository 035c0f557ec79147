t a ping -n -c 1 -W 0.3 192.0.2.1
at_ 600; t a ping -n -c 1 -W 0.3 10.64.0.2
at_ 1400; t a ip neigh show
at_ 1800; t a ping -n -c 1 -W 0.3 10.64.0.2

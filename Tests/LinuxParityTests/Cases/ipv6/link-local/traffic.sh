t a ping -n -c 1 fe80::ff:fe00:b01%eth0
t a ping -n -c 1 -I eth0 fe80::ff:fe00:b01
t a ping -n -c 1 fe80::ff:fe00:b01
t a ping -n -c 1 fe80::ff:fe00:a01%eth0
t a ping -n -c 1 -W 1 ff02::1%eth0
t a ip -6 neigh show
t a ip -6 addr show dev eth0

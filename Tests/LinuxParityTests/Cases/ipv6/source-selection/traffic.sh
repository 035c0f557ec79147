t a ping -n -c 1 fd00:1::2
t a ping -n -c 1 fd00:1:0:0:8000::2
t a ping -n -c 1 2001:db8:1::2
t a ping -n -c 1 fd00:8::1
t a ping -n -c 1 fe80::ff:fe00:b01%eth0
t a ip -6 route get fd00:1::2
t a ip -6 addr show

t a ping -n -c 2 -i 0.3 192.0.2.2
t a ping -n -c 1 10.80.0.1
t r ping -n -c 1 -I blue 10.80.0.2
t r iptables -t mangle -nvxL

t a ping -n -c 1 -W 0.3 fd00:9::1
t a ping -n -c 1 -W 0.3 fd00:9::1
do_ ip -n a -6 rule add tos 0x10 lookup 100 pref 500
sleep 0.1
t a ping -n -c 1 -W 0.3 -Q 0x10 fd00:9::1
t a ping -n -c 1 -W 0.3 fd00:9::1
do_ ip -n a route add fd00:77::/64 dev eth0
t a ping -n -c 1 -W 0.3 fd00:9::1
do_ ip -n a route replace default via fe80::ff:fe00:1 dev eth0
t a ping -n -c 1 -W 0.3 fd00:9::1

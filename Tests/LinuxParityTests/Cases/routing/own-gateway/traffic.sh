t a ping -n -c 1 -W 0.3 192.0.2.1
t gw ping -n -c 1 -W 0.3 192.0.2.1
t gw ip route get 192.0.2.1
t gw ip route show 192.0.2.0/24
t gw ip route add 198.51.100.0/24 via 10.52.2.255

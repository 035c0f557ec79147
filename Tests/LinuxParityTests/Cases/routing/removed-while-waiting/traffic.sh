t a ping -n -c 1 -W 0.2 192.0.2.1
at_ 400; t a ping -n -c 1 -W 0.2 198.51.100.1
at_ 800; t a ping -n -c 1 -W 0.2 203.0.113.1
at_ 1200; t gw ip route del 192.0.2.0/24
at_ 1300; t gw ip route del 198.51.101.0/24
at_ 1400; t gw ip route add 192.0.2.0/25 via 10.53.2.2
at_ 4300; t gw ip route show

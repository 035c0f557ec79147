t a ping -n -c 1 -W 1 192.0.2.1
t c ping -n -c 1 -W 1 192.0.2.1
t c ping -n -c 1 -W 1 -I 10.9.2.3 192.0.2.1
t gw ping -n -c 1 -W 1 192.0.2.1
t gw ping -n -c 1 -W 1 -I 10.9.1.1 192.0.2.1
t gw ip rule show
t gw ip route get 192.0.2.1 from 10.9.1.2 iif la
t gw ip route get 192.0.2.1 from 10.9.2.3 iif lc

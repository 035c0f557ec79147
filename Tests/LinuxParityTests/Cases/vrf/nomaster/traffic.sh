t gw ip route show
t gw ip route show table 10
t gw ping -n -c 1 -W 0.5 -I red 10.47.1.2
t a ping -n -c 1 -W 0.5 10.47.1.1
do_ ip -n gw link set dev pa nomaster
t gw ip route show
t gw ip route show table 10
t gw ip neigh show
t gw ping -n -c 1 -W 0.5 10.47.1.2
t a ping -n -c 1 -W 0.5 10.47.1.1
do_ ip -n gw link set dev pa master red
t gw ping -n -c 1 -W 0.5 -I red 10.47.1.2
do_ ip -n gw link del dev red
t gw ip rule show
t gw ip route show
t gw ping -n -c 1 -W 0.5 10.47.1.2
t a ping -n -c 1 -W 0.5 10.47.1.1

t gw ping -n -c 1 -W 0.3 -I red 10.66.1.2
t gw ip link set dev pa master red
t gw ip route show vrf red
t gw ip neigh show
t gw ping -n -c 1 -W 0.3 -I red 10.66.1.2
t gw ip link set dev pa master blue
t gw ip route show vrf red
t gw ip route show vrf blue
t gw ping -n -c 1 -W 0.3 -I blue 10.66.1.2

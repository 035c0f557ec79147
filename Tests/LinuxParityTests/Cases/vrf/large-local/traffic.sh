t gw ping -n -c 1 -W 0.5 -s 2000 -M dont -I red 10.46.1.2
t gw ping -n -c 1 -W 0.5 -s 2000 -M do -I red 10.46.1.2
t a ping -n -c 1 -W 0.5 -s 2000 -M dont 10.46.1.1
t gw ip vrf exec red "$SOCK" udp-send 10.46.1.2 9
t a "$SOCK" udp-send 10.46.1.1 9
t gw ping -n -b -c 1 -W 0.5 -I red 10.46.1.255
t gw ping -n -c 1 -W 0.4 -I red 10.46.1.77
t a ping -n -c 1 -W 0.4 10.9.9.9

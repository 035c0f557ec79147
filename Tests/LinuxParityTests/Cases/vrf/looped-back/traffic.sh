t gw ping -n -c 1 -W 0.3 -I pa 10.65.1.1
t gw ping -n -c 1 -W 0.3 -I red 10.65.1.1
t gw ip vrf exec red "$SOCK" udp-send 10.65.1.1 9 --timeout 0.3
sleep 0.2
t gw ping -n -c 1 -W 0.3 -I blue 10.65.1.1
t gw ping -n -c 1 -W 0.3 -I blue 10.65.1.2
sleep 0.2
t gw ip route add 10.0.0.0/9 dev red table 200
t gw ip rule add iif lo lookup 200 pref 600
t b ping -n -c 1 -W 0.3 10.65.1.1
t b ping -n -c 1 -W 0.3 10.65.1.2

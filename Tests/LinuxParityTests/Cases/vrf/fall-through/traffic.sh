t a ping -n -c 1 -W 0.5 192.0.2.1
t b ping -n -c 1 -W 0.5 192.0.2.1
t a ping -n -c 1 -W 0.5 10.31.9.1
t b ping -n -c 1 -W 0.5 10.31.9.1
t gw ping -n -c 1 -W 0.5 -I open 192.0.2.1
t gw ping -n -c 1 -W 0.5 -I shut 192.0.2.1
t gw ip route get 192.0.2.1 vrf open
t gw ip route get 192.0.2.1 vrf shut
do_ ip -n gw route add unreachable default metric 4278198272 vrf open
t a ping -n -c 1 -W 0.5 192.0.2.1

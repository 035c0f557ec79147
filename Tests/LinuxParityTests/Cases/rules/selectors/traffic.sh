t gw ping -n -c 1 -W 0.5 192.0.2.1
t gw ping -n -c 1 -W 0.5 -m 7 192.0.2.1
t gw ping -n -c 1 -W 0.5 -Q 0x10 192.0.2.1
t gw ping -n -c 1 -W 0.5 -I up2 192.0.2.1
t gw ip route get 192.0.2.1 mark 7
t gw ip route get 192.0.2.1 tos 0x10
t gw ip route get 192.0.2.1 ipproto udp dport 53
t gw ip route get 203.0.113.1
t gw ip rule show

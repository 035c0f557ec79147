t a ping -n -c 2 -i 0.3 10.66.2.2
t b ping -n -c 1 10.66.2.2
t a ping -n -c 1 -W 1 -t 1 10.66.2.2
t a ping -n -c 1 -W 1 10.9.9.9
t b ping -n -c 1 -W 1 10.9.9.9
t gw ping -n -c 1 -W 1 -I orange 10.66.1.2
t gw ping -n -c 1 -W 1 -I ub 10.66.2.2
t gw ping -n -c 1 -W 1 10.66.1.2
t gw ip route show vrf orange
t gw ip route show table 200
t gw ip rule

t a ping -n -c 1 -W 0.5 10.11.1.2
sleep 0.2
do_ ip -n srv link add mvrf address 02:00:00:00:01:00 type vrf table 10
do_ ip -n srv link set dev mvrf up
do_ ip -n srv link set dev mgmt master mvrf
do_ ip -n srv route add unreachable default metric 4278198272 vrf mvrf
t a ping -n -c 1 -W 0.5 10.11.1.2
do_ ip -n srv route add default via 10.11.1.1 vrf mvrf
t a ping -n -c 2 -i 0.3 -W 0.5 10.11.1.2
t a ping -n -c 1 -W 0.5 10.11.2.2
t srv ip route show vrf mvrf
t srv ip route show
t srv ip -br link show type vrf

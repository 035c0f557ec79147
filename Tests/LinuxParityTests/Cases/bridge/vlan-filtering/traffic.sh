t a ping -c 1 10.66.0.2
t a ping -c 1 -W 0.5 10.66.0.3
t a ping -c 1 10.66.0.4
t d ping -c 1 10.66.1.3
t d ping -c 1 -W 0.5 10.66.2.9
t a ping -c 1 10.66.0.254
t sw ping -c 1 10.66.0.4
t sw ping -c 1 -W 0.5 10.66.3.1
do_ bridge -n sw vlan del dev pb vid 10
t a ping -c 1 -W 0.5 10.66.0.2
do_ ip -n sw link set br0 type bridge vlan_filtering 0
sleep 0.2
t a ping -c 1 10.66.0.2

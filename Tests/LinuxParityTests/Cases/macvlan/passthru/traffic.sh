t c1 ip -d link show m1
t host ip -d link show eth0
t c1 ping -c 1 10.64.0.9
t out ping -c 1 10.64.0.11
t out ping -c 1 -b 10.64.0.255 -W 0.5
t host ip link add m2 link eth0 type macvlan mode bridge
t host ip link add m2 link eth0 type macvlan mode passthru
do_ ip netns exec out ip neigh replace 10.64.0.11 lladdr 02:0a:00:00:00:77 dev eth0 nud permanent
t out ping -c 1 -W 0.5 10.64.0.11
do_ ip netns exec c1 ip link set m1 down
t host ip -d link show eth0

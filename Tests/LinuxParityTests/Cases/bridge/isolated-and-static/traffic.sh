t h1 ping -n -c 1 -W 1 10.2.0.3
sleep 0.2
t h2 ping -n -c 1 -W 0.5 10.2.0.1
sleep 0.25
do_ bridge -n sw fdb replace 02:00:00:00:00:77 dev p2 master static
do_ ip -n h3 neigh add 10.2.0.77 lladdr 02:00:00:00:00:77 dev eth0 nud permanent
t h3 ping -n -c 1 -W 0.5 10.2.0.77
do_ bridge -n sw link set dev p3 hairpin on
do_ ip -n h3 neigh add 10.2.0.78 lladdr 02:00:00:00:00:78 dev eth0 nud permanent
t h3 ping -n -c 1 -W 0.5 10.2.0.78

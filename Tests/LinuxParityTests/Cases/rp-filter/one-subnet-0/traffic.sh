t a ping -n -c 1 -W 1 10.10.0.10
sleep 0.2
t a ping -n -c 1 -W 1 10.10.0.11
sleep 0.2
do_ ip -n a neigh replace 10.10.0.11 lladdr 02:0b:00:00:00:02 dev eth0 nud permanent
t a ping -n -c 2 -i 0.3 -W 1 10.10.0.11

do_ ip -n a neigh add 10.74.0.2 dev eth0 use
do_ ip -n a neigh add fd00:1::2 dev eth0 use
do_ ip -n a neigh add 10.74.0.3 dev eth0 managed
do_ ip -n a neigh add fd00:1::3 dev eth0 managed
do_ ip -n a neigh add 10.74.0.4 lladdr 02:0b:00:00:00:09 dev eth0
do_ ip -n a neigh add fd00:1::4 lladdr 02:0b:00:00:00:09 dev eth0 router
sleep 0.5
t a ping -n -c 1 -W 0.5 10.74.0.2
t a ping -n -c 1 -W 0.5 fd00:1::3
t a ping -n -c 1 -W 0.5 10.74.0.4
do_ ip -n a neigh replace 10.74.0.4 dev eth0 use
do_ ip -n a neigh change fd00:1::4 dev eth0 use
sleep 0.5
t a ping -n -c 1 -W 0.5 10.74.0.4
t a ping -n -c 1 -W 0.5 fd00:1::4
do_ ip -n a neigh add 10.74.0.9 dev eth0 use
sleep 0.4
do_ ip -n a neigh add fd00:1::9 dev eth0 use
sleep 4

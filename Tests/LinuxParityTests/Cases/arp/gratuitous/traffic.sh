t a ping -n -c 1 10.7.0.3
t a ip neigh show
t b arping -q -D -c 1 -w 1 -I eth0 10.7.0.3
t b arping -q -U -c 1 -I eth0 10.7.0.2
sleep 0.2
t b arping -q -A -c 1 -I eth0 10.7.0.2
t a ip neigh show
do_ ip -n a neigh replace 10.7.0.2 lladdr 02:00:00:00:00:0c dev eth0 nud stale
t b arping -q -A -c 1 -I eth0 10.7.0.2
t a ip neigh show

t gw ip neigh show proxy
t gw ip -j neigh show proxy dev west
t a arping -q -c 1 -w 1 -I eth0 10.61.2.9
t a arping -q -c 1 -w 1 -I eth0 10.61.1.9
t a arping -q -c 1 -w 1 -I eth0 10.61.2.10
t a arping -q -c 1 -w 1 -I eth0 10.61.2.11
t a arping -q -c 1 -w 1 -I eth0 10.61.2.12
t a arping -q -c 1 -w 1 -D -I eth0 10.61.2.9
t gw ip neigh del proxy 10.61.2.9 dev west
t gw ip neigh del proxy 10.61.2.9 dev west
t gw ip neigh del proxy 10.61.2.11 dev west
t a arping -q -c 1 -w 1 -I eth0 10.61.2.9
t gw ip neigh get proxy 10.61.2.10 dev west
t gw ip neigh show proxy
do_ ip -n gw neigh add proxy 10.61.2.13 dev west nud stale
do_ ip -n a link set eth0 down
sleep 0.3
t gw ip neigh show proxy
do_ ip -n a link set eth0 up
do_ ip -n gw link set west down
sleep 0.3
t gw ip neigh show proxy
do_ ip -n gw link set west up
sleep 0.3
t a arping -q -c 1 -w 1 -I eth0 10.61.2.2
t a arping -q -c 1 -w 1 -I eth0 10.61.2.10
t a ping -n -c 1 -W 0.5 10.61.2.2

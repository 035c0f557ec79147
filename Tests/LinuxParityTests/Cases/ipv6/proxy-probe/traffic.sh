t a ping -n -c 1 -W 0.5 fd00:7::b
sleep 5.5
t a ip -6 neigh show to fd00:7::b
do_ ip netns exec gw sysctl -qw net.ipv6.conf.all.proxy_ndp=1
sleep 1
t a ip -6 neigh show to fd00:7::b
do_ ip -n gw -6 neigh del proxy fd00:7::b dev west
do_ ip -n a neigh replace fd00:7::b lladdr 02:0a:00:00:00:fe dev eth0 nud probe
sleep 0.5
t a ip -6 neigh show to fd00:7::b

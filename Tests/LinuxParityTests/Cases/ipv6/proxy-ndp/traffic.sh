t gw ip -6 neigh show proxy
t a ping -n -c 1 -W 0.5 fd00:6::b
do_ ip netns exec gw sysctl -qw net.ipv6.conf.west.proxy_ndp=1
do_ ip -n a neigh flush dev eth0
t a ping -n -c 1 -W 0.5 fd00:6::b
t a ip -6 neigh show
do_ ip -n gw -6 neigh add proxy fd00:6::c dev west router
do_ ip -n a neigh flush dev eth0
sleep 0.2
t a ping -n -c 1 -W 0.5 fd00:6::c
t a ip -6 neigh show
t gw ip -6 neigh show proxy
t gw ip -6 neigh del proxy fd00:6::b dev west
do_ ip -n a neigh flush dev eth0
sleep 0.2
t a ping -n -c 1 -W 0.5 fd00:6::b
do_ ip netns exec gw sysctl -qw net.ipv6.conf.west.proxy_ndp=0
do_ ip netns exec gw sysctl -qw net.ipv6.conf.all.proxy_ndp=1
do_ ip -n a neigh flush dev eth0
t a ping -n -c 1 -W 0.5 fd00:6::c
t gw ip -6 neigh add proxy fd00:6::d

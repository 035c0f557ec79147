t gw ip -6 addr show dev east
t gw sysctl net.ipv6.conf.east.forwarding
t a ping -n -c 1 -W 1 -s 1400 fd00:b::2
t a ping -n -c 1 -W 1 -s 1352 fd00:b::2
t a ip link set eth0 mtu 1460
t a ip -6 route show
t a ping -n -c 1 -W 1 -s 1400 fd00:b::2
t a ip link set eth0 mtu 1300
t a ip -6 route show
t a ping -n -c 1 -W 1 -s 1300 fd00:b::2
t a ip link set eth0 mtu 1480
t a ip -6 route show
t gw ip link set east mtu 1200
t gw ip -6 addr show dev east
t gw ip -6 route show
t gw ip -6 neigh show dev east
t gw sysctl net.ipv6.conf.east.forwarding
t gw ip addr add fd00:b::1/64 dev east
t gw ip route add fd00:e::/64 dev east
t gw ip -6 neigh add fd00:b::9 lladdr 02:00:00:00:00:09 dev east
t a ping -n -c 1 -W 1 fd00:b::2
t b ping -n -c 1 -W 1 fd00:b::1

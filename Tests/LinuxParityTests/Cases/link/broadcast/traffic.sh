do_ ip -n a link set eth0 broadcast 03:ff:ff:ff:ff:01
t a ping -n -c 1 -W 0.5 10.76.0.2
do_ ip -n b link set eth0 brd 03:ff:ff:ff:ff:01
do_ ip -n a neigh flush all
t a ping -n -c 1 -W 0.5 10.76.0.2
t a ping -n -b -c 1 -W 0.5 10.76.0.255
do_ ip -n a link set eth0 broadcast 02:0b:00:00:00:01
do_ ip -n a neigh flush all
t a ping -n -c 1 -W 0.5 10.76.0.2

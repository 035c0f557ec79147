t a ping -n -c 1 -W 0.3 10.58.0.2
do_ ip -n b link set dev eth0 down
do_ ip -n a link set dev v1 down
sleep 1.2
t a ip route show table all
t a ip -br link show dev eth0
t a ip -br link show dev v0
do_ ip -n b link set dev eth0 up
do_ ip -n a link set dev v1 up
sleep 1.2
t a ip route show table all
t a ip -br link show dev eth0
t a ping -n -c 1 -W 0.3 10.58.0.2

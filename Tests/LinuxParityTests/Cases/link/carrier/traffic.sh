t a ping -n -c 1 10.20.0.2
do_ ip -n b link set dev eth0 down
sleep 1.2
t a ip route show
t a ping -n -c 1 -W 0.3 10.20.0.2
do_ ip -n b link set dev eth0 up
sleep 1.2
t a ip route show
t a ping -n -c 1 -W 1 10.20.0.2
do_ ip -n a link set dev eth0 down
sleep 1.2
t a ip route show
t a ping -n -c 1 -W 1 10.20.0.2
do_ ip -n a link set dev eth0 up
sleep 1.2
t a ip route show
t a ping -n -c 1 -W 1 10.20.0.2

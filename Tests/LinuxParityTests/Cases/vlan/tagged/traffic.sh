t a ping -c 1 10.60.0.2
t a ping -c 1 10.60.10.2
t a ping -c 1 -s 1472 -M do 10.60.10.2
t b ping -c 1 10.60.20.1
t b ping -c 1 -s 3000 10.60.20.1
t a ping -c 1 -W 0.5 10.60.30.2
do_ ip netns exec a ip link set eth0 down
do_ ip netns exec a ip link set eth0 up
sleep 1.3
t a ping -c 1 10.60.10.2

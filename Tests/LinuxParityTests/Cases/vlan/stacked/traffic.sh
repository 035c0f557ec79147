t a ping -c 1 10.61.0.2
t a ping -c 1 10.61.5.2
t a ping -c 1 10.61.1.2
t a ping -c 1 10.61.7.2
t a ping -c 1 10.61.9.2
t a ping -c 1 -s 1472 10.61.0.2
t a ping -c 1 -s 1472 10.61.5.2
t a ping -c 1 -s 1472 10.61.7.2
t a ping -c 1 -W 0.5 -s 1472 10.61.9.2
t a ping -c 1 -W 0.5 -s 1468 10.61.9.2
t a ip -d link show s100
t a ip -d link show c5
t a ip -j -d link show s100
t a ip link add link eth0 name again type vlan protocol 802.1ad id 100
do_ ip netns exec a ip link set s100 down
t a ping -c 1 -W 0.5 10.61.5.2
do_ ip netns exec a ip link set s100 up
do_ ip netns exec a ip link set c5 up
sleep 1.3
t a ping -c 1 10.61.5.2

do_ ip -n a addr add fd00:1::1/64 dev eth0
sleep 0.2
t a ip -6 addr show dev eth0
sleep 1.3
t a ip -6 addr show dev eth0
t a ping -n -c 1 fd00:1::2
do_ ip -n a addr add fd00:1::2/64 dev eth0
sleep 1.5
t a ip -6 addr show dev eth0
do_ ip -n a addr add fd00:1::3/64 dev eth0 nodad
t a ping -n -c 1 -I fd00:1::3 fd00:1::2

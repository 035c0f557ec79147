t a ping -n -c 1 -W 0.3 -s 1450 -M do 10.54.2.2
t a ip route add 192.0.2.0/24 via 10.54.1.1
t a ip addr add 10.54.5.1/24 dev eth0
t a ip rule add to 198.51.100.0/24 lookup 100
t a ping -n -c 1 -W 0.3 -s 1450 -M do 10.54.2.2
t a ip route replace default via 10.54.1.1 metric 5
sleep 0.2
t a ping -n -c 1 -W 0.3 -s 1450 -M do 10.54.2.2
t a ip route del default metric 0
t a ip route add default via 10.54.1.1
t a ip route del default metric 5
sleep 0.2
t a ping -n -c 1 -W 0.3 -s 1450 -M do 10.54.2.2

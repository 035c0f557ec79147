bg ext "$SOCK" tcp-echo 80
bg c2 "$SOCK" udp-echo 7
sleep 0.3
t c1 ping -n -c 1 192.0.2.2
t c1 "$SOCK" tcp-send 192.0.2.2 80 --size 100
t c1 "$SOCK" udp-send 172.17.0.3 7
t c1 ping -n -c 1 172.17.0.1
t c1 ping -n -c 1 192.0.2.1
t host ping -n -c 1 172.17.0.2
do_ ip -n ext route add 172.17.0.0/16 via 192.0.2.1
t ext ping -n -c 1 -W 0.3 172.17.0.2

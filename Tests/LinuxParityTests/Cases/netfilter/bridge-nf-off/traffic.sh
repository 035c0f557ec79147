bg c2 "$SOCK" udp-echo 7 --timeout 3
bg c2 "$SOCK" udp-echo 8 --timeout 3
sleep 0.3
t c1 ping -n -c 1 -W 0.3 172.17.0.3
t c1 "$SOCK" udp-send 172.17.0.3 7
t c1 "$SOCK" udp-send 172.17.0.3 9 --timeout 0.3
t c1 "$SOCK" udp-send 172.17.0.3 10 --timeout 0.3
t c1 "$SOCK" udp-send 172.17.0.99 7 --timeout 0.3
t c1 ping -n -c 1 192.0.2.2

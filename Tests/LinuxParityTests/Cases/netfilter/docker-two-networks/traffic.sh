bg c1 "$SOCK" tcp-echo 80 --count 5
sleep 0.3
t c1 ping -n -c 1 -W 0.3 172.18.0.2
t c2 ping -n -c 1 -W 0.3 172.17.0.2
t c2 ping -n -c 1 192.0.2.2
t c2 "$SOCK" tcp-send 192.0.2.1 8080 --timeout 0.5
t c2 ping -n -c 1 172.17.0.1

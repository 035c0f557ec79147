bg c1 "$SOCK" tcp-echo 80 --count 5
sleep 0.3
t ext "$SOCK" tcp-send 192.0.2.1 8080 --timeout 0.5
do_ ip -n ext addr add 192.0.2.77/24 dev eth0
t ext "$SOCK" tcp-send 192.0.2.1 8080 --src 192.0.2.77 --size 100

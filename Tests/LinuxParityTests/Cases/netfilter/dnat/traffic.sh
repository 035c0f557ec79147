bg c "$SOCK" tcp-echo 80
bg c "$SOCK" udp-echo 53
bg c2 "$SOCK" udp-echo 6005
sleep 0.3
t s "$SOCK" tcp-send 10.72.0.1 8080 --size 500
t s "$SOCK" udp-send 10.72.0.1 5300
t s "$SOCK" udp-send 10.72.0.1 6005
t s "$SOCK" udp-send 10.72.0.1 6006 --timeout 0.3
t s "$SOCK" tcp-send 10.72.0.1 80 --timeout 0.3
t s ping -n -c 2 -i 0.3 10.72.0.1
t s traceroute -n -q 1 -N 1 -w 0.3 -m 3 -p 6000 10.72.0.1
t s ping -n -c 1 -t 1 -W 0.3 10.72.0.1

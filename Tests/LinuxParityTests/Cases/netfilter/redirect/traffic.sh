bg r "$SOCK" udp-echo 5353 --bind 10.71.0.1
bg r "$SOCK" tcp-echo 3128
sleep 0.3
t c "$SOCK" udp-send 10.72.0.2 53
t c "$SOCK" tcp-send 198.51.100.7 80 --size 100
t c2 "$SOCK" udp-send 10.72.0.2 53 --timeout 0.3

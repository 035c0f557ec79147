bg s "$SOCK" udp-echo 7 --count 2
bg s "$SOCK" tcp-echo 80
sleep 0.3
t c ping -n -c 2 -i 0.3 10.72.0.2
t c2 ping -n -c 1 -W 0.3 10.72.0.2
t s ping -n -c 1 -W 0.3 10.71.0.2
t c "$SOCK" udp-send 10.72.0.2 7 --count 2 --interval 0.2
t c "$SOCK" udp-send 10.72.0.2 9 --timeout 0.3
t c "$SOCK" tcp-send 10.72.0.2 80 --size 200
t c "$SOCK" tcp-send 10.72.0.2 81 --timeout 0.5

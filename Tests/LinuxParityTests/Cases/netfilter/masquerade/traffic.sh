bg s "$SOCK" udp-echo 7 --count 3
bg s "$SOCK" tcp-echo 80
sleep 0.3
t c ping -n -c 2 -i 0.3 10.72.0.2
t c2 ping -n -c 1 10.72.0.2
t c "$SOCK" udp-send 10.72.0.2 7 --sport 5001
t c2 "$SOCK" udp-send 10.72.0.2 7
t c "$SOCK" udp-send 10.72.0.2 9 --timeout 0.3
t c "$SOCK" tcp-send 10.72.0.2 80 --size 3000
t c "$SOCK" tcp-send 10.72.0.2 81
t r ping -n -c 1 10.72.0.2
t r "$SOCK" udp-send 10.72.0.2 7
t c ping -n -c 1 10.71.1.2

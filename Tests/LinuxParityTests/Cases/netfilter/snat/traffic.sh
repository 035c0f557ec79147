bg s "$SOCK" udp-echo 7 --count 2
bg s "$SOCK" tcp-echo 80 --count 2
sleep 0.3
t c ping -n -c 1 10.72.0.2
t c2 ping -n -c 1 10.72.0.2
t c "$SOCK" udp-send 10.72.0.2 7 --sport 7001
t c "$SOCK" tcp-send 10.72.0.2 80 --size 100
t c2 "$SOCK" tcp-send 10.72.0.2 80 --size 100
t s ping -n -c 1 10.72.0.50
t s "$SOCK" udp-send 10.72.0.50 7001 --timeout 0.3

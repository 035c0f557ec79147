t c ping -n -c 2 -i 0.3 -W 0.3 10.72.0.2
t c ping -n -c 1 -W 0.3 10.71.1.2
t c ping -n -c 1 10.71.0.1
t c "$SOCK" udp-send 10.72.0.2 9 --timeout 0.3
t c "$SOCK" udp-send 10.72.0.2 10 --timeout 0.3
t c "$SOCK" tcp-send 10.72.0.2 81 --timeout 0.5
t c "$SOCK" tcp-send 10.72.0.2 82 --timeout 0.5

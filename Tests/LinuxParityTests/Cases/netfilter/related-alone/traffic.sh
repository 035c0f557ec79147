t c "$SOCK" udp-send 10.72.0.2 9 --timeout 0.3
t c ping -n -c 1 -W 0.3 10.72.0.2
t c2 "$SOCK" udp-send 10.72.0.2 10 --timeout 0.3
t s ping -n -c 1 -W 0.3 10.71.0.2

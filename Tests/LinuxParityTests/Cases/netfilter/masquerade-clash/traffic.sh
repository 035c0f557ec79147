bg s "$SOCK" udp-echo 7 --count 4
sleep 0.3
t c "$SOCK" udp-send 10.72.0.2 7 --sport 5001
t c2 "$SOCK" udp-send 10.72.0.2 7 --sport 5001
t c "$SOCK" udp-send 10.72.0.2 7 --sport 5001
t c2 "$SOCK" udp-send 10.72.0.2 7 --sport 5001

bg w "$SOCK" udp-echo 7 --count 3
sleep 0.3
t a "$SOCK" udp-send 192.0.2.2 7 --sport 5001
t b "$SOCK" udp-send 192.0.2.2 7 --sport 5001 --timeout 0.3
t b "$SOCK" udp-send 192.0.2.2 7 --sport 5002

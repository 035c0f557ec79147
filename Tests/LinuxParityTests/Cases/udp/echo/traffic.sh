bg b "$SOCK" udp-echo 7 --count 5 --timeout 4
sleep 0.3
t a "$SOCK" udp-send 10.13.0.2 7 --count 3 --interval 0.2 --sport 5001
t a "$SOCK" udp-send 10.13.0.2 7 --unconnected --size 1
t a "$SOCK" udp-send 10.13.0.3 7 --unconnected --timeout 0.5

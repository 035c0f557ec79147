t a "$SOCK" udp-send 10.14.2.2 9 --sport 5001
t a "$SOCK" udp-send 10.14.2.2 9 --unconnected --timeout 0.5
t a "$SOCK" udp-send 10.14.2.2 9 --size 1400
t a "$SOCK" udp-send 10.14.2.2 9 --size 3000 --df dont
t a "$SOCK" udp-send 10.14.2.2 9 --size 0 --ttl 1 --timeout 1

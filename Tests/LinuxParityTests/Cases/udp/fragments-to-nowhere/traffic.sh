t h1 "$SOCK" udp-send 10.11.3.1 7 --unconnected --size 1473 --timeout 0.2
t h1 "$SOCK" udp-send 10.11.3.1 7 --size 1473 --count 2 --timeout 0.2
t h1 "$SOCK" udp-send 10.15.4.1 7 --size 3000 --timeout 0.2
t h1 "$SOCK" udp-send 10.15.4.1 7 --size 3000 --timeout 0.2

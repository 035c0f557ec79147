at_ 100; t a "$SOCK" udp-send 10.1.0.2 9 --size 3000 --unconnected --timeout 0.2
at_ 700; t a "$SOCK" udp-send 10.1.0.2 9 --size 3000 --unconnected --timeout 0.2
at_ 1300; t a "$SOCK" udp-send 10.1.0.2 9 --size 6000 --unconnected --timeout 0.2
at_ 1900; t a "$SOCK" udp-send 10.2.0.2 9 --size 6000 --unconnected --timeout 0.2

at_ 200; t a ping -n -c 1 -W 0.3 10.9.0.1
at_ 1200; t a ping -n -c 1 -W 0.3 -s 4000 -M dont 10.9.0.1
at_ 2200; t a ping -n -c 1 -W 0.3 fd00:9::1
at_ 3200; t a "$SOCK" udp-send 10.9.0.1 7 --timeout 0.3
at_ 3700; t a "$SOCK" udp-send fd00:9::1 7 --timeout 0.3

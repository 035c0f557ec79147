t c ping -n -c 1 198.51.100.1
t c "$SOCK" udp-send 198.51.100.1 7 --timeout 0.3
t c2 ping -n -c 1 198.51.100.1
t r "$SOCK" udp-send 198.51.100.1 8 --timeout 0.3
t r "$SOCK" udp-send 198.51.100.1 9 --timeout 0.3
t r ping -n -c 1 198.51.100.1

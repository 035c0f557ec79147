t c ping -n -c 1 -W 0.3 198.51.100.1
t c traceroute -n -q 1 -N 1 -w 0.3 -m 3 198.51.100.1
t c "$SOCK" udp-send 10.72.0.2 9 --timeout 0.3
t c "$SOCK" udp-send 198.51.100.2 9 --timeout 0.3
t s "$SOCK" udp-send 10.72.0.1 5001 --timeout 0.3
t c2 ping -n -c 1 -W 0.3 198.51.100.3
t r "$SOCK" udp-send 198.51.100.4 9 --timeout 0.3

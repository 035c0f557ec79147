t a ping -n -c 2 -i 0.3 10.81.0.2
t b ping -n -c 1 -W 0.3 10.80.0.2
t a ping -n -c 1 -W 0.3 192.0.2.2
t w ping -n -c 1 -W 0.3 10.80.0.2
t a "$SOCK" udp-send 10.81.0.2 9 --timeout 0.3
t a "$SOCK" udp-send 10.81.0.2 10 --timeout 0.3
t a "$SOCK" udp-send 10.81.0.2 11 --timeout 0.3

bg w "$SOCK" udp-echo 7 --count 2
sleep 0.3
t a ping -n -c 1 192.0.2.2
t b ping -n -c 1 192.0.2.2
t a "$SOCK" udp-send 192.0.2.2 7 --sport 5001
t b "$SOCK" udp-send 192.0.2.2 7 --sport 5001

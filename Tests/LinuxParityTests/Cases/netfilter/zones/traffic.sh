bg s "$SOCK" udp-echo 7 --count 2
sleep 0.3
t c ping -n -c 1 10.72.0.2
t c2 ping -n -c 1 10.72.0.2
t c "$SOCK" udp-send 10.72.0.2 7 --sport 5001
t c2 "$SOCK" udp-send 10.72.0.2 7 --sport 5001

bg s "$SOCK" udp-echo 7
sleep 0.3
t c "$SOCK" udp-send 10.72.0.2 7
t c ping -n -c 1 10.72.0.2

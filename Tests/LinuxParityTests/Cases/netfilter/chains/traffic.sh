bg s "$SOCK" udp-echo 7 --count 9 --timeout 3
sleep 0.3
t c ping -n -c 1 10.72.0.2
t c "$SOCK" udp-send 10.72.0.2 7 --sport 5001
t c "$SOCK" udp-send 10.72.0.2 7 --sport 5002 --timeout 0.3
t c "$SOCK" udp-send 10.72.0.2 8 --sport 5003 --timeout 0.3
t c "$SOCK" udp-send 10.72.0.2 9 --sport 5004 --timeout 0.3
t c "$SOCK" udp-send 10.72.0.2 10 --sport 5005 --timeout 0.3
t r iptables -nvxL

t c "$SOCK" udp-send 10.72.0.2 7 --sport 5001 --timeout 0.3
sleep 1
t s "$SOCK" udp-send 10.71.0.2 5001 --sport 7 --src 10.72.0.2 --timeout 0.2
sleep 2.5
t s "$SOCK" udp-send 10.71.0.2 5002 --timeout 0.2
t c ping -n -c 1 10.72.0.2

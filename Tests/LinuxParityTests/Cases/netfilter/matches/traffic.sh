t c "$SOCK" udp-send 10.72.0.2 7 --timeout 0.2
t c "$SOCK" udp-send 10.72.0.2 21 --timeout 0.2
t c "$SOCK" udp-send 10.72.0.2 23 --timeout 0.2
t c2 "$SOCK" udp-send 10.72.0.2 9 --timeout 0.2
t c "$SOCK" udp-send 10.72.0.2 65001 --sport 65002 --timeout 0.2
t c ping -n -c 1 10.72.0.2
t c ping -n -c 1 -s 100 -W 0.2 10.72.0.2
t c ping -n -c 1 -s 100 -t 30 10.72.0.2
t c2 ping -n -c 1 -W 0.2 10.72.0.2
t c ping -n -c 1 10.71.0.1
t c ping -n -c 1 -W 0.2 10.72.0.1
t c "$SOCK" tcp-send 10.72.0.2 80 --timeout 0.3

t a "$SOCK" udp-send fd00:1::b 9 --size 1 --timeout 0.3
t a "$SOCK" udp-send fd00:1::b 9 --size 2 --src fd00:1::a --timeout 0.3
t a "$SOCK" udp-send fd00:1::b 9 --size 3 --unconnected --timeout 0.3
t a traceroute -n -6 -q 1 -N 1 -m 1 -w 0.3 fd00:1::b
t a "$SOCK" udp-send fd00:b::1 9 --size 4 --timeout 0.3
t a ping -n -c 1 -W 0.3 fd00:b::1

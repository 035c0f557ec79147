t a ping -n -c 1 -W 0.5 fd00:a::
t a "$SOCK" udp-send fd00:a:: 9 --timeout 0.3
t a traceroute -n -6 -q 1 -N 1 -m 2 -w 0.3 fd00:a::
t a "$SOCK" udp-send fd00:a::1 9 --timeout 0.3

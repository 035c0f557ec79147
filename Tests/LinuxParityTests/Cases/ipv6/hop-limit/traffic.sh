t a ping -n -c 1 -t 1 fd00:b::2
sleep 1
t a ping -n -c 1 -t 2 fd00:b::2
t a "$SOCK" udp-send fd00:b::2 7 --ttl 1 --timeout 0.5
sleep 1
t a traceroute -n -6 -q 1 -N 1 fd00:b::2

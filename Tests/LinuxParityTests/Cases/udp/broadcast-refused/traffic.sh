t a "$SOCK" udp-send 10.56.0.255 7 --timeout 0.2
t a "$SOCK" udp-send 10.56.0.255 7 --unconnected --timeout 0.2
t a ping -n -c 1 -W 0.2 10.56.0.255
t a ping -n -b -c 1 -W 0.2 10.56.0.255
t a ping -n -b -c 1 -W 0.2 10.56.0.2
t a ping -n -c 1 -W 0.2 -I 10.56.0.1 10.56.0.255
t a ping -n -c 1 -W 0.2 -I 10.56.0.1 192.0.2.1
t a traceroute -n -q 1 -N 1 -w 0.2 -m 2 10.56.0.255
t a ping -n -c 1 -W 0.2 -I 10.56.0.255 10.56.0.2

t a ip rule add from 10.51.1.0/24 lookup 100 pref 500
t a "$SOCK" udp-send 192.0.2.1 9 --timeout 0.3
sleep 0.2
t a "$SOCK" udp-send 192.0.2.1 9 --unconnected --timeout 0.3
t a ping -n -c 1 -W 0.3 192.0.2.1
t a ip rule del pref 500
t a ip rule add from 10.51.1.0/24 blackhole pref 500
t a ping -n -c 1 -W 0.3 192.0.2.1
t a "$SOCK" udp-send 192.0.2.1 9 --timeout 0.3
sleep 0.2
t a "$SOCK" udp-send 192.0.2.1 9 --unconnected --timeout 0.3
t a traceroute -n -q 1 -N 1 -w 0.3 -m 2 192.0.2.1
t a ip rule add ipproto udp unreachable pref 400
t a ip rule del pref 500
t a ping -n -c 1 -W 0.3 192.0.2.1
t a ping -n -c 1 -W 0.3 -I 10.51.1.1 192.0.2.1

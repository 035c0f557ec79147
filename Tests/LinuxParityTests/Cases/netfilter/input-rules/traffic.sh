bg r "$SOCK" udp-echo 7 --count 2
sleep 0.3
t c ping -n -c 1 10.71.0.1
t c ping -n -c 1 10.72.0.1
t c2 ping -n -c 1 -W 0.3 10.71.1.1
t c "$SOCK" udp-send 10.71.0.1 7
t c2 "$SOCK" udp-send 10.71.1.1 7 --timeout 0.3
t r ping -n -c 1 10.71.1.2
t r ping -n -c 1 127.0.0.1
t c traceroute -n -q 1 -N 1 -w 0.3 -m 2 10.71.0.1

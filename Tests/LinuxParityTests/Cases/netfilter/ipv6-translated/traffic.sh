bg s "$SOCK" udp-echo 7 --bind :: --count 2
bg c "$SOCK" tcp-echo 80 --bind ::
bg r "$SOCK" udp-echo 5353 --bind ::
sleep 0.3
t c ping -n -c 1 2001:db8:72::2
t c "$SOCK" udp-send 2001:db8:72::2 7
t c "$SOCK" udp-send 2001:db8:72::2 9 --timeout 0.3
t c "$SOCK" udp-send 2001:db8:72::2 7 --size 3000
t s "$SOCK" tcp-send 2001:db8:72::1 8080 --size 100
t c "$SOCK" udp-send 2001:db8:72::2 53
t c traceroute -n -q 1 -N 1 -w 0.3 -m 3 2001:db8:72::2

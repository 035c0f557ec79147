bg s "$SOCK" tcp-echo 80 --bind ::
sleep 0.3
t c ping -n -c 1 2001:db8:72::2
t s ping -n -c 1 2001:db8:71::2
t c "$SOCK" udp-send 2001:db8:72::2 1001 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 2001:db8:72::2 1002 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 2001:db8:72::2 1003 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 2001:db8:72::2 1004 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 2001:db8:72::2 1005 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 2001:db8:72::2 1006 --timeout 0.2
sleep 1.35
t c "$SOCK" tcp-send 2001:db8:72::2 81 --timeout 0.3
t c "$SOCK" tcp-send 2001:db8:72::2 80 --size 200
t c "$SOCK" udp-send 2001:db8:72::2 9 --timeout 0.3

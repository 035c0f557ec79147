t a "$SOCK" udp-send fd00:1::2 9
t a "$SOCK" udp-send fd00:1::2 9 --unconnected --timeout 0.5
bg b "$SOCK" udp-echo 7 --bind :: --count 3 --timeout 2
sleep 0.3
t a "$SOCK" udp-send fd00:1::2 7 --size 100 --count 2 --timeout 0.5
t a "$SOCK" udp-send fd00:1::3 7 --unconnected --timeout 0.5
bg b "$SOCK" udp-echo 8 --bind fd00:1::3 --count 1 --timeout 2
sleep 0.3
t a "$SOCK" udp-send fd00:1::2 8
t a "$SOCK" udp-send fd00:1::3 8 --sport 5000

bg a "$SOCK" udp-echo 53 --count 2 --timeout 4
bg w "$SOCK" udp-echo 7
bg w "$SOCK" tcp-echo 80
sleep 0.3
t a ping -n -c 1 192.0.2.2
t a "$SOCK" udp-send 192.0.2.2 7
t a "$SOCK" tcp-send 192.0.2.2 80 --size 100
t a "$SOCK" udp-send 192.0.2.2 9 --timeout 0.3
t a "$SOCK" udp-send 192.0.2.2 8 --timeout 0.3
t w "$SOCK" udp-send 192.0.2.1 5300
t w "$SOCK" udp-send 192.0.2.1 5301 --timeout 0.3
t a ping -n -c 1 10.80.0.1
t a "$SOCK" udp-send 10.80.0.1 10 --timeout 0.3
t r ping -n -c 1 -I blue 192.0.2.2

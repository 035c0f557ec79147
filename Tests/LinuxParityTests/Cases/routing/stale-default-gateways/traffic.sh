bg r1 "$SOCK" udp-echo 7 --bind 192.0.2.1 --count 9 --timeout 30
bg r2 "$SOCK" udp-echo 7 --bind 192.0.2.1 --count 9 --timeout 30
bg r1 "$SOCK" tcp-echo 80 --count 9 --timeout 30
bg r2 "$SOCK" tcp-echo 80 --count 9 --timeout 30
t h ip neigh replace 10.1.0.2 lladdr 02:00:01:02:00:00 dev eth0 nud permanent
t h ip neigh replace 10.2.0.2 lladdr 02:00:02:02:00:00 dev eth1 nud permanent
at_ 300; t h ip route get 192.0.2.1
at_ 500; t h ip route get 192.0.2.1
at_ 700; t h ip route get 192.0.2.1
at_ 900; t h ip route get 192.0.2.1 oif eth1
at_ 1100; t h ip route get 192.0.2.1
at_ 1300; t r1 ping -n -c 2 -i 0.2 -W 0.3 198.51.100.1
at_ 2100; t h ping -n -c 3 -i 0.2 -W 0.3 192.0.2.1
at_ 3000; t h "$SOCK" udp-send 192.0.2.1 7 --count 3 --interval 0.1 --timeout 0.2
at_ 3900; t h "$SOCK" udp-send 192.0.2.1 7 --count 3 --interval 0.1 --timeout 0.2 --unconnected
at_ 5700; t r2 ping -n -c 2 -i 0.2 -W 0.3 10.2.0.1
at_ 6500; t h ip route change default via 10.1.0.2 src 10.2.0.1
at_ 6700; t h ip route get 192.0.2.1
at_ 6900; t h ip route get 192.0.2.1
at_ 7100; t h ip route get 192.0.2.1
at_ 7600; t h "$SOCK" tcp-send 192.0.2.1 80 --size 3000 --timeout 0.5
at_ 9000; done_

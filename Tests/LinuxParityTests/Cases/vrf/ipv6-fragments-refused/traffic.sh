at_ 0; t h1 ping -n -c 1 -W 0.3 fd00:1::1
at_ 300; t r1 ping -n -c 1 -W 0.3 -I red fd00:1::2
at_ 600; t h1 "$SOCK" udp-send fd00:2::1 7 --size 1453 --timeout 0.2
at_ 1200; t h1 "$SOCK" udp-send fd00:1::1 7 --size 4000 --timeout 0.2
at_ 1800; done_

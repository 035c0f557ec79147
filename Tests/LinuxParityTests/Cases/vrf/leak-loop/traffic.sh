at_ 0; t h1 ping -n -c 1 -W 0.3 fd00:7::1
at_ 500; t h1 ping -n -c 1 -t 3 -W 0.3 fd00:7::1
at_ 1000; t r1 ping -n -c 1 -t 5 -W 0.3 -I blue fd00:7::1
at_ 1500; t h1 "$SOCK" udp-send fd00:8::1 7 --timeout 0.2
at_ 2000; t r1 ping -n -c 1 -t 5 -W 0.3 -I blue fd00:8::1
at_ 2500; t h1 "$SOCK" udp-send 10.8.0.1 7 --timeout 0.2
at_ 3000; t r1 ping -n -c 1 -W 0.3 -I blue 10.8.0.1
at_ 3500; done_

t h1 ping -c 1 10.64.0.2
t h1 ping -c 1 -t 9 -Q 0x48 10.64.0.2
t h1 ping -c 1 -t 3 -Q 0x49 10.64.0.2
t h1 ping -c 1 -Q 0x03 10.64.0.2
t h2 ping -c 1 -t 5 -Q 0x12 10.64.0.1
t h2 ping -c 1 -Q 0x07 10.64.0.1

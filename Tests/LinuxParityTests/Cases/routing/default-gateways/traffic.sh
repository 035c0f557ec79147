at_ 0; t h ip route show default
at_ 100; t h ip route get 192.0.2.1
at_ 200; t h ping -n -c 1 -W 0.3 192.0.2.1
at_ 1000; t h ping -n -c 1 -W 0.3 192.0.2.1
at_ 1400; t h ip route get 192.0.2.1
at_ 3700; t h ip neigh show
at_ 3800; t h ip route get 192.0.2.1
at_ 3900; t h ip route get 192.0.2.1
at_ 4000; t h ping -n -c 1 -W 0.3 192.0.2.1
at_ 4400; t h ping -n -c 1 -W 0.3 192.0.2.1
at_ 4600; t h ip neigh flush dev eth1
at_ 4700; t h ip route get 192.0.2.1
at_ 4800; t h ip route get 192.0.2.1

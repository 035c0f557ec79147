at_ 0; t a arping -q -c 1 -w 1 -I eth0 10.1.0.2
at_ 200; t a arping -q -c 1 -w 1 -I eth0 10.3.0.2
at_ 400; t a arping -q -c 1 -w 1 -I eth1 10.3.0.2
at_ 600; t a arping -q -c 1 -w 1 -I eth1 10.2.0.255
at_ 800; t a ip route change 10.1.0.0/24 dev eth0 src 10.1.0.3 vrf red
at_ 900; t a ip route add 10.4.0.0/24 dev eth0 src 10.1.0.3 vrf red
at_ 1000; t a arping -q -c 1 -w 1 -I eth0 10.4.0.2
at_ 2500; t a ip rule add iif lo prohibit pref 800
at_ 2600; t a arping -q -c 1 -w 1 -I eth0 10.1.0.2
at_ 2800; t a arping -q -c 1 -w 1 -I eth1 10.2.0.2

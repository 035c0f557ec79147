at_ 0; t r1 ping -n -c 1 -W 0.3 -I blue fd00:2::2
at_ 500; t r1 ping -n -c 1 -W 0.3 -I blue fd00:3::2
at_ 1000; t r1 ping -n -c 1 -W 0.3 -I blue fd00:3::1
at_ 1500; t r1 ping -n -c 1 -W 0.3 -I green fd00:3::2
at_ 1600; t r1 ip vrf exec green "$SOCK" udp-send fd00:3::1 7 --timeout 0.2
at_ 2200; t r1 ping -n -c 1 -W 0.3 fe80::ff:fe02:0%eth0
at_ 2600; t r1 ping -n -c 1 -W 0.3 -I eth0 fe80::ff:fe02:0
at_ 3000; t r1 ping -n -c 1 -W 0.3 fe80::ff:fe04:0%eth2
at_ 3400; t r1 ip addr add fd00:9::1/64 dev green
at_ 3500; t r1 ping -n -c 1 -W 0.3 -I green fd00:3::2
at_ 4000; t r1 ip -6 route add fd00:7::/64 via fd00:2::1 dev eth0 vrf blue
at_ 4100; t r1 ip -6 route add fd00:7::/64 via fd00:1::1 dev eth0 vrf blue
at_ 4200; t r1 ip -6 route show vrf blue
at_ 4400; done_

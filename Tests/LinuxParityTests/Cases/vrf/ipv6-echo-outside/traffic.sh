at_ 0; t h1 ping -n -c 1 -W 0.3 fd00:1::1
at_ 400; t h1 ping -n -c 1 -W 0.3 fd00:2::1
at_ 800; t h1 ping -n -c 1 -W 0.3 fd00:6::1
at_ 1200; t h1 ping -n -c 1 -W 0.3 fd00:3::1
at_ 1600; t r ip route add fd00:1::/64 dev red
at_ 2100; t h1 ping -n -c 1 -W 0.3 fd00:2::1
at_ 2500; t h1 ping -n -c 1 -W 0.3 fd00:5::1
at_ 2900; t h1 ping -n -c 1 -W 0.3 fd00:2::
at_ 3300; t r ip route del fd00:1::/64 dev red
at_ 3400; t r ip route add unreachable fd00:1::/64
at_ 3700; t h1 ping -n -c 1 -W 0.3 fd00:2::1

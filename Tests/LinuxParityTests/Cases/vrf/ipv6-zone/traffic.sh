at_ 0; t r1 ping -n -c 1 -W 3.3 fe80::ff:fe09:9%eth0
at_ 3400; t r1 ping -n -c 1 -W 0.3 -I eth0 fe80::ff:fe01:0
at_ 3500; t r1 ping -n -c 1 -W 0.3 fe80::ff:fe01:0%eth0
at_ 3600; t r1 ping -n -c 1 -W 0.3 -I blue fe80::ff:fe01:0
at_ 3950; t r1 ping -n -c 1 -W 0.3 -I blue fe80::ff:fe02:0
at_ 4300; t r1 ping -n -c 1 -W 0.3 fe80::ff:fe02:0%eth0
at_ 4500; t r1 ping -n -c 1 -W 0.3 -I eth0 ff02::1
at_ 4900; done_

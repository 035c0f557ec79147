at_ 0; t a bridge fdb show dev low1
at_ 50; t a bridge fdb show dev low2
at_ 100; t a ping -n -c 2 -i 0.2 -W 0.3 -s 1300 10.1.0.2
at_ 500; t a ping -n -c 2 -i 0.2 -W 0.3 -s 1300 10.2.0.2
at_ 900; t a ping -n -c 2 -i 0.2 -W 0.3 -s 1300 10.3.0.2
at_ 1400; t a ping -n -c 1 -W 0.3 10.4.0.2
at_ 1900; t a ip link set dev low0 address 02:04:00:00:00:01
at_ 1950; t a ip link show v10
at_ 2000; t a ip link show v11
at_ 2050; t a ip link show v12
at_ 2100; t a bridge fdb show dev low0
at_ 2150; t a ping -n -c 1 -W 0.3 10.1.0.2
at_ 2400; t a ping -n -c 1 -W 0.3 10.4.0.2
at_ 2600; t a ip link set dev low2 address 02:04:00:00:00:02
at_ 2650; t a ip link show v30
at_ 2700; t a ip link set dev v30 up
at_ 2750; t a ip link show v30
at_ 2800; t a ping -n -c 1 -W 0.3 10.5.0.2
at_ 3100; t a ip link set dev v20 down
at_ 3150; t a bridge fdb show dev low2
at_ 3200; t a ip link set dev v10 address 02:04:00:00:00:10
at_ 3250; t a ip link set dev low0 address 02:04:00:00:00:03
at_ 3300; t a ip link show v10
at_ 3350; t a ping -n -c 1 -W 0.3 10.1.0.2

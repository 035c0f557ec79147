bg s "$SOCK" tcp-echo 80
bg r "$SOCK" udp-echo 5353
sleep 0.3
do_ ip netns exec r ip route add 192.0.2.0/24 via 10.71.1.2
t r ping -n -c 1 192.0.2.80
t r "$SOCK" tcp-send 192.0.2.80 80 --size 100
t r "$SOCK" udp-send 10.72.0.2 53
t r "$SOCK" udp-send 192.0.2.80 9 --timeout 0.3

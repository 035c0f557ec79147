bg d "$SOCK" tcp-echo 80
sleep 0.3
t c "$SOCK" tcp-send 192.0.2.1 8080 --timeout 0.5
do_ ip netns exec r iptables -t nat -A POSTROUTING -s 10.73.0.0/24 -d 10.73.0.0/24 -j MASQUERADE
t c "$SOCK" tcp-send 192.0.2.1 8080 --size 100

do_ ip netns exec gw ip route add blackhole 10.19.2.3
t a "$SOCK" tcp-send 10.19.2.3 80 --timeout 3.5
sleep 0.4
do_ ip netns exec gw ip route add unreachable 10.19.2.4
t a "$SOCK" tcp-send 10.19.2.4 80 --timeout 1.5
t a "$SOCK" tcp-send 10.19.1.77 80 --timeout 4

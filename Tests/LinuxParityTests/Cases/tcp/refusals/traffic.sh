bg b "$SOCK" tcp-echo 80 --timeout 1
sleep 0.4
t a "$SOCK" tcp-send 10.19.2.2 80 --size 100 --sport 5000 --src 10.19.1.2
sleep 0.6
do_ ip netns exec gw ip route add prohibit 10.19.2.5
t a "$SOCK" tcp-send 10.19.2.5 80 --timeout 1.5
do_ ip netns exec gw ip route add unreachable 10.19.2.4
t a "$SOCK" tcp-send 10.19.2.4 80 --timeout 1.5
do_ ip netns exec gw ip route add throw 10.77.0.0/16
t a "$SOCK" tcp-send 10.77.0.1 80 --timeout 1.5
t a "$SOCK" tcp-send 10.19.1.1 80
t a "$SOCK" tcp-send 10.19.1.2 80

do_ ip netns exec gw ip link set east mtu 1400
do_ ip netns exec b ip link set eth0 mtu 1400
bg b "$SOCK" tcp-echo 80 --count 2
sleep 0.6
t a "$SOCK" tcp-send 10.19.2.2 80 --size 3000
t a "$SOCK" tcp-send 10.19.2.2 80 --size 3000

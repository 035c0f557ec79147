bg b "$SOCK" tcp-echo 80 --timeout 2
sleep 0.6
bg a "$SOCK" tcp-send 10.19.2.2 80 --size 4000 --timeout 2
sleep 0.5
do_ ip netns exec gw ip route add blackhole 10.19.2.2
sleep 0.8
do_ ip netns exec gw ip route del blackhole 10.19.2.2
sleep 1.8

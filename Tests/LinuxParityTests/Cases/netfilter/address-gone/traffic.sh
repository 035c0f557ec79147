bg s "$SOCK" udp-echo 7 --count 9 --timeout 3
sleep 0.3
t c "$SOCK" udp-send 10.72.0.2 7 --sport 5001 --timeout 0.3
do_ ip netns exec r ip addr add 10.72.0.8/24 dev out0
do_ ip netns exec r sysctl -qw net.ipv4.conf.out0.promote_secondaries=1
do_ ip netns exec r ip addr del 10.72.0.1/24 dev out0
sleep 0.1
t c "$SOCK" udp-send 10.72.0.2 7 --sport 5001 --timeout 0.3
do_ ip netns exec r ip link set dev out0 down
do_ ip netns exec r ip link set dev out0 up
sleep 0.1
t c "$SOCK" udp-send 10.72.0.2 7 --sport 5001 --timeout 0.3

bg gw "$SOCK" tcp-echo 80 --timeout 0.8
sleep 0.3
t a "$SOCK" tcp-send 10.34.1.1 80
sleep 0.8
do_ ip netns exec gw sysctl -qw net.ipv4.tcp_l3mdev_accept=1
bg gw "$SOCK" tcp-echo 80 --timeout 1.5
sleep 0.3
t a "$SOCK" tcp-send 10.34.1.1 80

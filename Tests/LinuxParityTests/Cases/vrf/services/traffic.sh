bg gw ip vrf exec red "$SOCK" udp-echo 7 --timeout 1.5
bg gw "$SOCK" udp-echo 8 --timeout 1.5
sleep 0.5
t a "$SOCK" udp-send 10.34.1.1 7 --timeout 0.5
t m "$SOCK" udp-send 10.34.2.1 7 --timeout 0.5
t a "$SOCK" udp-send 10.34.1.1 8 --timeout 0.5
t m "$SOCK" udp-send 10.34.2.1 8 --timeout 0.5
sleep 1.5
do_ ip netns exec gw sysctl -qw net.ipv4.udp_l3mdev_accept=1
bg gw "$SOCK" udp-echo 8 --timeout 1.5
sleep 0.5
t a "$SOCK" udp-send 10.34.1.1 8 --timeout 0.5

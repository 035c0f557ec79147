for i in 1 2 3 4 5; do t a ping -n -c 1 -W 0.2 fd99:$i::1; sleep 0.1; done
for i in 1 2 3 4 5; do t gw ping -n -c 1 -W 0.2 fd99:$i::1; done
for i in 1 2 3 4 5; do t gw ip -6 route get fd99:$i::1; done
t gw ip -6 route show
t a "$SOCK" udp-send fd99:1::1 7 --timeout 0.3
t a "$SOCK" udp-send fd99:2::1 7 --timeout 0.3
t gw "$SOCK" udp-send fd99:1::1 7
t gw "$SOCK" udp-send fd99:3::1 7

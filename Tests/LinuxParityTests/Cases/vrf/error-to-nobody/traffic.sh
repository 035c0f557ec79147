t a ip vrf exec red "$SOCK" udp-send 10.0.0.9 7 --timeout 0.2
sleep 3.5

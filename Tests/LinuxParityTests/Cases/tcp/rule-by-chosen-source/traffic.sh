t a "$SOCK" tcp-send 10.11.3.2 80 --size 1449 --timeout 0.3
t a "$SOCK" tcp-send 10.12.3.2 80 --timeout 0.3
t a "$SOCK" tcp-send 10.11.3.2 80 --src 10.12.3.1 --timeout 0.3
do_ ip netns exec a ip rule del pref 300
t a "$SOCK" tcp-send 10.11.3.2 80 --timeout 0.3

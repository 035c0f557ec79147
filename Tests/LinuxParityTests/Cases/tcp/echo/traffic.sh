bg b "$SOCK" tcp-echo 80
sleep 0.3
t a "$SOCK" tcp-send 10.19.2.2 80 --size 100
t a "$SOCK" tcp-send 10.19.2.2 81

bg b "$SOCK" tcp-echo 80 --count 4
sleep 0.6
t a "$SOCK" tcp-send 10.19.2.2 80 --size 1448
t a "$SOCK" tcp-send 10.19.2.2 80 --size 1449
t a "$SOCK" tcp-send 10.19.2.2 80 --size 5000
t a "$SOCK" tcp-send 10.19.2.2 80 --size 7240

bg b "$SOCK" tcp-echo 80 --count 2
sleep 0.6
t a "$SOCK" tcp-send 10.19.2.2 80 --size 2000
t a "$SOCK" tcp-send 10.19.2.2 80 --size 2000

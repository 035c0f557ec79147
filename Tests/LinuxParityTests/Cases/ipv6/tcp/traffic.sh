t a "$SOCK" tcp-send fd00:1::2 80
bg b "$SOCK" tcp-echo 80 --bind :: --count 2 --timeout 3
sleep 0.5
t a "$SOCK" tcp-send fd00:1::2 80
t a "$SOCK" tcp-send fd00:1::3 80 --size 4000
t a "$SOCK" tcp-send 10.1.0.2 80
bg b "$SOCK" tcp-echo 81 --bind fd00:1::3 --timeout 3
sleep 0.5
t a "$SOCK" tcp-send fd00:1::2 81
t a "$SOCK" tcp-send fd00:1::3 81 --sport 5000

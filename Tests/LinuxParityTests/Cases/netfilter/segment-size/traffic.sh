bg s "$SOCK" tcp-echo 80
bg s "$SOCK" tcp-echo 81
sleep 0.3
t c "$SOCK" tcp-send 10.72.0.2 80 --size 2000
t c "$SOCK" tcp-send 10.72.0.2 81 --size 2000

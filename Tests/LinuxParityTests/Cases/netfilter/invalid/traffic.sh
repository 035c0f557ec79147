bg s "$SOCK" tcp-echo 80
bg s "$SOCK" tcp-echo 81
sleep 0.3
t c "$SOCK" tcp-send 10.72.0.2 80 --size 100
t c "$SOCK" tcp-send 10.72.0.2 81 --timeout 0.7
t c ping -n -c 1 10.72.0.2

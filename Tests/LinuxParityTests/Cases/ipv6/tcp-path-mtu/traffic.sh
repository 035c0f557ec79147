bg b "$SOCK" tcp-echo 80 --bind :: --count 2 --timeout 3
sleep 0.5
t a "$SOCK" tcp-send fd00:b::2 80 --size 3000
t a ip -6 route get fd00:b::2
t a "$SOCK" tcp-send fd00:b::2 80 --size 3000

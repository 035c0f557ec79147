t a "$SOCK" tcp-send fd00:a::1 80
t a "$SOCK" tcp-send fd00:9::1 80
t a "$SOCK" tcp-send fd00:b:9::1 80
t a "$SOCK" tcp-send fd00:b::1 80 --timeout 1.5
t a "$SOCK" tcp-send fd00:b:1::1 80 --timeout 1.5
t a "$SOCK" tcp-send fd00:b:2::1 80 --timeout 1.5
sleep 0.4
t a "$SOCK" tcp-send fd00:a::99 80 --timeout 4

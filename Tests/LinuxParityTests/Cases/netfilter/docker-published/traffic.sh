bg c1 "$SOCK" tcp-echo 80 --count 5
sleep 0.3
t ext "$SOCK" tcp-send 192.0.2.1 8080 --size 100
t host "$SOCK" tcp-send 192.0.2.1 8080 --size 100
t c2 "$SOCK" tcp-send 192.0.2.1 8080 --timeout 0.5
t c1 "$SOCK" tcp-send 192.0.2.1 8080 --timeout 0.5
t host "$SOCK" tcp-send 127.0.0.1 8080 --timeout 0.5
t ext "$SOCK" tcp-send 192.0.2.1 80 --timeout 0.5
t ext "$SOCK" tcp-send 192.0.2.1 8081 --timeout 0.5

bg c1 "$SOCK" tcp-echo 80 --count 2 --timeout 5
bg host docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80 3>/dev/null
sleep 0.5
t host "$SOCK" tcp-send 127.0.0.1 8080 --size 4000
t c2 "$SOCK" tcp-send 172.17.0.1 8080 --size 4000
done_

bg host docker-proxy -proto tcp -host-ip 127.0.0.1 -host-port 8081 -container-ip 172.17.0.9 -container-port 80 3>/dev/null
sleep 0.5
t host "$SOCK" tcp-send 127.0.0.1 8081 --size 100 --timeout 5
done_

bg c1 "$SOCK" udp-echo 80 --count 5 --timeout 5
bg host docker-proxy -proto udp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80 3>/dev/null
sleep 0.5
t host "$SOCK" udp-send 127.0.0.1 8080 --size 100 --count 2
t c2 "$SOCK" udp-send 192.0.2.1 8080 --size 100 --count 2
t c1 "$SOCK" udp-send 172.17.0.1 8080 --size 1800
done_

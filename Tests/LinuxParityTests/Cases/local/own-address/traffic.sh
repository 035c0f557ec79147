t a ping -n -c 2 -i 0.3 10.16.0.1
t a ping -n -c 1 127.0.0.1
t a ping -n -c 1 192.0.2.5
t a ping -n -c 1 127.8.9.10
t a "$SOCK" udp-send 127.0.0.1 9
t a ip route get 10.16.0.1
do_ ip -n a link set dev eth0 down
t a ping -n -c 1 -W 0.5 10.16.0.1
sleep 1.2

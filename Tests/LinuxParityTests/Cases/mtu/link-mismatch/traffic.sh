t a ping -n -c 1 -W 0.3 10.55.0.2
sleep 0.2
t a ping -n -c 1 -W 0.3 -i 0.2 -s 1200 10.55.0.2
sleep 0.2
t a ping -n -c 2 -W 0.3 -i 0.2 -s 3000 -M dont 10.55.0.2
sleep 0.2
t a "$SOCK" udp-send 10.55.0.2 9 --size 1200 --timeout 0.3
t b ping -n -c 1 -W 0.3 -s 1200 -M dont 10.55.0.1

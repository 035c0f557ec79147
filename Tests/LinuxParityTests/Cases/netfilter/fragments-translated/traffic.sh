bg s "$SOCK" udp-echo 7 --count 2
sleep 0.3
t c "$SOCK" udp-send 10.72.0.2 7 --size 3000 --df dont
t c ping -n -c 1 -s 2000 -M dont 10.72.0.2
t c "$SOCK" udp-send 10.72.0.2 7 --size 1180 --df dont

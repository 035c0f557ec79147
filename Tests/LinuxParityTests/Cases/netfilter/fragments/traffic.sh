bg s "$SOCK" udp-echo 7 --count 2
sleep 0.3
t c ping -n -c 1 -s 4000 10.72.0.2
t c "$SOCK" udp-send 10.72.0.2 7 --size 3000 --df dont
t c "$SOCK" udp-send 10.72.0.2 8 --size 3000 --df dont --timeout 0.3
t c "$SOCK" udp-send 10.72.0.2 7 --size 6000 --df dont

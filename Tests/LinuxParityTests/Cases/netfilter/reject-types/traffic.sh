t c "$SOCK" udp-send 10.72.0.2 1001 --size 60 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 10.72.0.2 1002 --size 60 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 10.72.0.2 1003 --size 60 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 10.72.0.2 1004 --size 60 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 10.72.0.2 1005 --size 60 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 10.72.0.2 1006 --size 60 --timeout 0.2
sleep 1.35
t c "$SOCK" udp-send 10.72.0.2 1007 --size 60 --timeout 0.2
sleep 1.35
t c "$SOCK" tcp-send 10.72.0.2 1008 --timeout 0.3
t c ping -n -c 1 -W 0.3 10.72.0.2
sleep 1
t c "$SOCK" udp-send 10.71.0.1 1001 --timeout 0.3
t c "$SOCK" tcp-send 10.71.0.1 1008 --timeout 0.3
t c "$SOCK" tcp-send 10.71.0.1 1009 --timeout 0.3

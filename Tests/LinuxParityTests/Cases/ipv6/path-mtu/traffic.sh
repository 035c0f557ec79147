t a ping -n -c 1 -W 1 -s 1400 fd00:b::2
t a ping -n -c 1 -W 1 -s 1400 fd00:b::2
t a ping -n -c 1 -W 1 -s 1352 fd00:b::2
t a ping -n -c 1 -W 1 -s 1400 -M do fd00:b::2
t a ip -6 route get fd00:b::2
t a "$SOCK" udp-send fd00:b::2 7 --size 1400 --timeout 0.5

t a ping -n -c 1 -W 1 -s 1452 fd00:a::1
t a ping -n -c 1 -W 1 -s 1453 fd00:a::1
t a ping -n -c 1 -W 1 -s 4000 fd00:b::2
bg b "$SOCK" udp-echo 7 --bind :: --count 1 --timeout 2
sleep 0.3
t a "$SOCK" udp-send fd00:b::2 7 --size 3000
t a ping -n -c 1 -W 1 -s 3000 -M do fd00:b::2
t a ping -n -c 1 -W 1 -s 3000 -M dont fd00:b::2

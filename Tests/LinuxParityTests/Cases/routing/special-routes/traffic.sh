for i in 1 2 3 4 5; do t a ping -n -c 1 -W 0.3 10.99.$i.1; sleep 0.7; done
for i in 1 2 3 4 5; do t gw ping -n -c 1 -W 0.5 10.99.$i.1; done
for i in 1 2 3 4 5; do t gw ip route get 10.99.$i.1; done
t gw "$SOCK" udp-send 10.99.1.1 7
t gw "$SOCK" udp-send 10.99.3.1 7

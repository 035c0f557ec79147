bg t "$SOCK" tcp-echo 80
sleep 0.3
t c ping -n -c 2 -i 0.3 -M do -s 1300 -W 0.3 10.75.0.2
t c ping -n -c 1 -s 1300 10.75.0.2
t c "$SOCK" tcp-send 10.75.0.2 80 --size 3000

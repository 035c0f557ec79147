t b ping -n -c 2 -i 0.3 -W 0.3 10.60.0.10
sleep 0.2
t a ping -n -c 1 -W 0.3 10.60.1.2

t a ping -n -c 6 -i 0.05 -W 0.5 10.99.0.1
sleep 1.3
t a ping -n -c 2 -i 0.1 -W 0.2 10.99.0.1

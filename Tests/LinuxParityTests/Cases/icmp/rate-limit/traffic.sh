t a ping -n -c 1 10.15.1.1
t a ping -n -c 8 -i 0.05 -W 0.5 -t 1 10.15.2.2
sleep 0.6
t a ping -n -c 2 -i 0.1 -W 0.2 -t 1 10.15.2.2
t a ping -n -c 8 -i 0.02 10.15.1.1

t a ping -n -c 1 -W 0.3 -t 6 fd99::1
t a ping -n -c 1 -W 0.3 fd00:7::7
sleep 0.3
t a ping -n -c 1 -W 0.3 fd00:7::7

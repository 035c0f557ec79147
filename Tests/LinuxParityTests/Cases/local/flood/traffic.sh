t a ping -n -q -f -c 20 10.75.2.2
t a ping -n -q -c 10 -i 0 10.75.2.2
t a ping -n -q -f -c 3 -t 1 10.75.2.2
t a ping -n -q -f -c 3 10.75.1.9

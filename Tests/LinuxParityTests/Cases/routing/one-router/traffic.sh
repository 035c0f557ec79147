t a ping -n -c 2 -i 0.3 10.3.2.2
t b ping -n -c 1 10.3.1.2
t a ping -n -c 1 10.3.2.1
t a ping -n -c 1 10.3.1.1
t a ip route get 10.3.2.2

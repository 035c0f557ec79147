t a ping -n -c 1 -W 1 -s 1450 -M do 10.8.2.2
t a ping -n -c 1 -W 1 -s 1450 -M do 10.8.2.2
t a ping -n -c 1 -W 1 -s 1372 -M do 10.8.2.2
t a ping -n -c 1 -W 1 -s 1450 -M want 10.8.2.2
t a ip route get 10.8.2.2

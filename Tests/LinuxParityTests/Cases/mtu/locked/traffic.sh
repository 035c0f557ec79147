t a ping -n -c 1 -W 0.5 -s 1400 10.73.3.3
t a ping -n -c 1 -W 0.5 -s 1000 10.73.3.3
t a ping -n -c 1 -W 0.5 -s 1000 -M do 10.73.3.3
t a ping -n -c 1 -W 0.5 -s 1000 -M do 10.73.3.3
t a ping -n -c 1 -W 0.5 -s 1000 10.73.3.3
t a ip route get 10.73.3.3
t a ping -n -c 1 -W 0.5 -s 1000 10.73.3.4
t a ping -n -c 1 -W 0.5 -s 1000 10.73.3.4
t a ping -n -c 1 -W 0.5 -s 1000 -M do 10.73.3.4
t a ping -n -c 1 -W 0.5 -s 520 -M do 10.73.3.4
t a ping -n -c 1 -W 0.5 -s 520 10.73.3.4
t a ping -n -c 1 -W 0.5 -s 400 10.73.3.4
t a ping -n -c 1 -W 0.5 -s 480 10.73.3.5
t a ping -n -c 1 -W 0.5 -s 480 10.73.3.2
t a ping -n -c 1 -W 0.5 -s 480 10.73.3.2
t a ping -n -c 1 -W 0.5 -s 430 10.73.3.6
t a ping -n -c 1 -W 0.5 -s 430 10.73.3.6
t r ping -n -c 1 -W 0.5 -s 430 10.73.3.6
t a ip route

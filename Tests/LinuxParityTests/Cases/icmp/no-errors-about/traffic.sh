t a ping -n -c 1 -W 0.5 -t 1 -s 3000 -M dont 10.40.2.2
t a ping -n -c 1 -Q 0x10 10.40.2.2
t a ping -n -c 1 -W 0.5 -Q 0x28 -t 1 10.40.2.2
t a ping -n -c 1 -s 0 10.40.2.2
t a ping -n -c 1 -s 1472 -M do 10.40.2.2

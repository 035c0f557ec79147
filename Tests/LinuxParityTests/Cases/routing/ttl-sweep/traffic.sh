t a ping -n -c 1 -W 1 -t 1 10.4.2.2
t a ping -n -c 1 -W 1 -t 2 10.4.2.2
t a ping -n -c 1 -W 1 -t 3 10.4.2.2
t a traceroute -n -q 1 -N 1 -w 1 10.4.2.2

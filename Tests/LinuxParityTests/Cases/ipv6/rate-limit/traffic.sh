t a ping -n -c 14 -i 0.17 -W 0.5 -t 1 fd00:b::2

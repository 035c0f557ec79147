t c ping -n -c 8 -i 0.2 -W 0.3 10.72.0.2

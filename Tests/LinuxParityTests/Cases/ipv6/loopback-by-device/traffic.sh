t a ping -n -c 1 -W 0.3 -I eth0 ::1

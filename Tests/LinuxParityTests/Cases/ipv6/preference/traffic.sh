t a ip -6 route
for n in 5 6 7 8; do t a ping -n -c 1 -W 0.5 fd00:$n::2; done
for n in 5 6 7; do t a ping -n -c 1 -W 0.5 -I eth0 fd00:$n::2; done
for n in 5 6 7; do t a ping -n -c 1 -W 0.5 -I eth1 fd00:$n::2; done
for n in 5 6 7 8; do t a ip -6 route get fd00:$n::2; done

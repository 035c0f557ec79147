t a ping -n -c 1 -W 0.5 10.32.2.1
t a arping -q -c 1 -w 1 -I eth0 10.32.2.1
t m ping -n -c 1 -W 0.5 10.32.1.1
do_ ip -n gw rule add pref 32765 table local
do_ ip -n gw rule del pref 0
t gw ip rule
t a ping -n -c 1 -W 0.5 10.32.2.1
t a arping -q -c 1 -w 1 -I eth0 10.32.2.1
t a ping -n -c 1 -W 0.5 10.32.1.1
t m ping -n -c 1 -W 0.5 10.32.2.1

t gw ping -n -c 2 -i 0.3 -I red 10.33.1.1
t gw ip vrf exec red ping -n -c 1 10.33.1.1
t gw ping -n -c 1 -W 0.5 -I pa 10.33.1.1
t gw ping -n -c 1 -W 0.5 10.33.1.1
t gw ping -n -c 1 -W 0.5 -I red 127.0.0.1
do_ ip -n gw addr add 127.0.0.1/8 dev red
t gw ping -n -c 1 -W 0.5 -I red 127.0.0.1
do_ ip -n gw rule add pref 32765 table local
do_ ip -n gw rule del pref 0
t gw ping -n -c 1 -W 0.5 -I red 127.0.0.1
t gw ip vrf exec red ping -n -c 1 10.33.1.2
t a ping -n -c 1 10.33.1.1

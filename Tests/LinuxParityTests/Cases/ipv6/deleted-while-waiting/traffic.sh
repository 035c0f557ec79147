at_ 200; t a ping -n -c 2 -i 0.2 -W 0.2 fd00:1::9
at_ 700; t a ip neigh del fd00:1::9 dev eth0
at_ 900; t a ping -n -c 1 -W 0.2 fd00:1::8
at_ 1300; t a ip -6 neigh flush dev eth0
sleep 0.3

t h1 ping -n -c 1 -W 1 172.16.2.2
t h1 ping -n -c 1 -W 1 -t 1 172.16.2.2
t h1 ping -n -c 1 -W 1 -s 1450 -M do 172.16.2.2
t h1 ping -n -c 1 -W 0.2 -s 1450 -M do 172.16.2.2
t h1 ping -n -c 1 -W 1 10.9.9.9
t h2 ping -n -c 1 -W 1 172.16.1.1
sleep 0.1
t h1 ping -n -c 1 -W 0.3 172.16.2.253
t r1 ping -n -c 1 -W 0.3 -I blue 172.16.2.2
sleep 0.1
t h1 ping -n -c 1 -W 4 172.16.2.77
t r1 ip route get 172.16.2.2 vrf blue
t r1 ip route get 172.16.1.1 vrf red

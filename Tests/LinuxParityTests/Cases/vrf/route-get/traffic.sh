t gw ip route get 10.35.1.2 vrf red
t gw ip route get 10.35.7.9 vrf red
t gw ip route get 10.35.1.2 oif red
t gw ip route get 10.35.1.2 oif pa
t gw ip route get 10.35.7.9 oif pa
t gw ip route get 10.35.1.2
t gw ip route get 10.35.1.1
t gw ip route get 10.35.1.1 vrf red
t gw ip route get 10.35.1.255 vrf red
t gw ip route get 10.35.2.1 vrf red
t gw ip route get 192.0.2.1 vrf red
t gw ip route get 192.0.2.1 vrf blue
t gw ip route get 10.35.1.2 vrf blue
t gw ip route get 10.35.7.9 from 10.35.1.2 iif pa
t gw ip route get 10.35.2.2 from 10.35.1.2 iif pa
t gw ip route show vrf red
t gw ip route show table 10
t gw ip route show table 20
t gw ip rule show

ns sw a b c
ip -n sw link add br0 address 02:00:00:00:00:f0 type bridge mcast_snooping 0
for i in a b c; do
  ip link add eth0 netns $i address 02:00:00:00:00:0$i type veth peer name p$i netns sw address 02:00:00:00:01:0$i
  ip -n sw link set p$i master br0; up $i eth0; up sw p$i
done
up sw br0
ip -n a addr add 10.7.0.1/24 dev eth0; ip -n b addr add 10.7.0.2/24 dev eth0
ip -n c addr add 10.7.0.3/24 dev eth0; ip -n c addr add 10.7.0.2/24 dev eth0

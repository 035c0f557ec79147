ns sw a r1
fwd r1
ip -n sw link add br0 address 02:00:00:00:00:f0 type bridge mcast_snooping 0
n=0
for i in a r1; do
  n=$((n+1))
  ip link add eth0 netns $i address 02:00:00:00:00:0$n type veth peer name p$n netns sw address 02:00:00:00:00:a$n
  ip -n sw link set p$n master br0; up $i eth0; up sw p$n
done
up sw br0
ip -n a addr add 10.63.0.10/24 dev eth0; ip -n r1 addr add 10.63.0.1/24 dev eth0
ip -n a route add default via 10.63.0.1
ip -n r1 route add default via 10.63.0.4

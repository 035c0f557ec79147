ns sw a r1 r2
fwd r1 r2
ip -n sw link add br0 address 02:00:00:00:00:f0 type bridge mcast_snooping 0
n=0
for i in a r1 r2; do
  n=$((n+1))
  ip link add eth0 netns $i address 02:00:00:00:00:0$n type veth peer name p$n netns sw address 02:00:00:00:00:a$n
  ip -n sw link set p$n master br0; up $i eth0; up sw p$n
done
up sw br0
ip -n a addr add 10.59.0.10/24 dev eth0; ip -n r1 addr add 10.59.0.1/24 dev eth0; ip -n r2 addr add 10.59.0.2/24 dev eth0
ip -n r2 addr add 192.0.2.1/32 dev lo; ip -n r2 addr add 192.0.2.2/32 dev lo
ip -n a route add default via 10.59.0.1
ip -n r1 route add 192.0.2.0/24 via 10.59.0.2

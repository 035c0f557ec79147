ns sw h1 h2 h3
ip -n sw link add br0 address 02:00:00:00:00:f0 type bridge mcast_snooping 0
for i in 1 2 3; do
  ip link add eth0 netns h$i address 02:00:00:00:00:0$i type veth peer name p$i netns sw address 02:00:00:00:00:a$i
  ip -n sw link set p$i master br0
  ip -n h$i addr add 10.2.0.$i/24 dev eth0
  up h$i eth0; up sw p$i
done
up sw br0
ip -n h1 neigh add 10.2.0.3 lladdr 02:00:00:00:00:03 dev eth0 nud permanent
ip -n h3 neigh add 10.2.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
ip -n h1 neigh add 10.2.0.77 lladdr 02:00:00:00:00:77 dev eth0 nud permanent

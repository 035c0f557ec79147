ns sw h1 h2 h3
ip -n sw link add br0 type bridge mcast_snooping 0
for i in 1 2 3; do
  ip link add eth0 netns h$i address 02:00:00:00:00:0$i type veth peer name p$i netns sw address 02:00:00:00:00:a$((4-i))
  ip -n sw link set p$i master br0
  ip -n h$i addr add 10.45.0.$i/24 dev eth0
  up h$i eth0; up sw p$i
done
ip -n sw addr add 10.45.0.254/24 dev br0
up sw br0

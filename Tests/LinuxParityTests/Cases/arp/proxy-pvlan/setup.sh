ns a b gw sw
fwd gw
ip link add br0 netns sw address 02:5a:00:00:00:01 type bridge mcast_snooping 0
ip link add eth0 netns a address 02:00:00:00:0a:01 type veth peer name pa netns sw address 02:5a:00:00:00:0a
ip link add eth0 netns b address 02:00:00:00:0b:01 type veth peer name pb netns sw address 02:5a:00:00:00:0b
ip link add eth0 netns gw address 02:00:00:00:00:fe type veth peer name pg netns sw address 02:5a:00:00:00:fe
for p in pa pb pg; do ip -n sw link set $p master br0; done
up sw br0 pa pb pg; up a eth0; up b eth0; up gw eth0
bridge -n sw link set dev pa isolated on
bridge -n sw link set dev pb isolated on
ip -n a addr add 10.62.0.1/24 dev eth0; ip -n b addr add 10.62.0.2/24 dev eth0; ip -n gw addr add 10.62.0.254/24 dev eth0
set_ gw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0 net.ipv4.neigh.eth0.proxy_delay=0

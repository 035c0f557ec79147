ns a r q b
fwd r q
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name west netns r address 02:01:00:00:00:0a
ip link add east netns r address 02:01:00:00:00:0b type veth peer name west netns q address 02:02:00:00:00:0a
ip link add eth0 netns b address 02:0b:00:00:00:01 type veth peer name east netns q address 02:02:00:00:00:0b
up a eth0; up b eth0; up r west east; up q west east
ip -n a addr add 10.73.1.2/24 dev eth0; ip -n r addr add 10.73.1.1/24 dev west
ip -n r addr add 10.73.2.1/24 dev east; ip -n q addr add 10.73.2.2/24 dev west
ip -n q addr add 10.73.3.1/24 dev east
for n in 2 3 4 5 6; do ip -n b addr add 10.73.3.$n/24 dev eth0; done
ip -n a route add default via 10.73.1.1; ip -n b route add default via 10.73.3.1
ip -n r route add 10.73.3.0/24 via 10.73.2.2; ip -n q route add 10.73.1.0/24 via 10.73.2.1
ip -n q link set west mtu 500; ip -n r link set east mtu 500
ip -n a route add 10.73.3.3 via 10.73.1.1 mtu lock 1300
ip -n a route add 10.73.3.4 via 10.73.1.1 mtu 1300
ip -n a route add 10.73.3.5 via 10.73.1.1 mtu lock 1500
ip -n r route add 10.73.3.6 via 10.73.2.2 mtu lock 450

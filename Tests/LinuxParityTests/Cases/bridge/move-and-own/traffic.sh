t h1 ping -n -c 1 -W 0.5 10.45.0.254
t h1 ping -n -c 1 -W 0.5 10.45.0.2
do_ ip -n h2 link set dev eth0 down
do_ ip -n h3 link set dev eth0 down
do_ ip -n h3 link set dev eth0 address 02:00:00:00:00:02
do_ ip -n h3 addr add 10.45.0.2/24 dev eth0
do_ ip -n h3 link set dev eth0 up
sleep 0.3
t h3 ping -n -c 1 -W 0.5 10.45.0.254
t h1 ping -n -c 1 -W 0.5 10.45.0.2
do_ ip -n sw link set dev br0 type bridge ageing_time 0
do_ ip -n h2 link set dev eth0 address 02:00:00:00:00:22
do_ ip -n h2 link set dev eth0 up
sleep 0.3
t h1 ping -n -c 1 -W 0.5 10.45.0.2

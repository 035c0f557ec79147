at_ 0; do_ ip -n r1 link set dev eth0 master red
at_ 1500; do_ ip -n r1 link set dev eth1 master red
at_ 2700; do_ ip -n r1 addr add fd00:3::1/64 dev red
at_ 2900; do_ ip -n r1 link set dev eth0 nomaster
at_ 4100; do_ ip -n r1 link del dev red
at_ 5000; done_

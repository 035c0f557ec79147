ns6 r1
ns6 h1
ns6 h2
fwd6 r1
ip link add eth0 netns r1 address 02:00:00:01:00:00 type veth peer name eth0 netns h1 address 02:00:00:02:00:00
ip link add eth1 netns r1 address 02:00:00:01:01:00 type veth peer name eth0 netns h2 address 02:00:00:03:00:00
ip -n r1 link add red address 02:00:00:0e:00:00 type vrf table 10
up r1 red
ip -n r1 addr add fd00:1::1/64 dev eth0
ip -n r1 addr add fd00:2::1/64 dev eth1
ip -n h1 addr add fd00:1::2/64 dev eth0
ip -n h2 addr add fd00:2::2/64 dev eth0
up r1 eth0
up r1 eth1
up h1 eth0
up h2 eth0
set_ r1 net.ipv6.conf.eth0.mldv2_unsolicited_report_interval=1 net.ipv6.conf.eth1.mldv2_unsolicited_report_interval=1
set_ h1 net.ipv6.conf.eth0.mldv2_unsolicited_report_interval=900
set_ h2 net.ipv6.conf.eth0.mldv2_unsolicited_report_interval=900

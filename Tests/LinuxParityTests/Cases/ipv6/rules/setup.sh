ns6 a r1 r2 b
fwd6 r1 r2
ip link add e1 netns a address 02:00:00:00:01:0a type veth peer name in0 netns r1 address 02:00:00:00:01:01
ip link add e2 netns a address 02:00:00:00:02:0a type veth peer name in0 netns r2 address 02:00:00:00:02:01
ip link add out0 netns r1 address 02:00:00:00:03:01 type veth peer name e1 netns b address 02:00:00:00:03:0b
ip link add out0 netns r2 address 02:00:00:00:04:01 type veth peer name e2 netns b address 02:00:00:00:04:0b
up a e1 e2; up r1 in0 out0; up r2 in0 out0; up b e1 e2
ip -n a addr add fd00:1::a/64 dev e1; ip -n a addr add fd00:2::a/64 dev e2
ip -n r1 addr add fd00:1::1/64 dev in0; ip -n r2 addr add fd00:2::1/64 dev in0
ip -n r1 addr add fd00:3::1/64 dev out0; ip -n r2 addr add fd00:4::1/64 dev out0
ip -n b addr add fd00:3::b/64 dev e1; ip -n b addr add fd00:4::b/64 dev e2; ip -n b addr add fd00:b::1/128 dev lo
ip -n a route add default via fd00:1::1
ip -n a route add default via fd00:2::1 table 100
ip -n a -6 rule add from fd00:2::a lookup 100 pref 1000
ip -n a -6 rule add to fd00:dead::/32 prohibit pref 900
ip -n r1 route add fd00:b::/64 via fd00:3::b; ip -n r2 route add fd00:b::/64 via fd00:4::b
ip -n b route add fd00:1::/64 via fd00:3::1; ip -n b route add fd00:2::/64 via fd00:4::1

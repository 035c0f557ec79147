ns6 a b
ip link add e1 netns a address 02:00:00:00:01:0a type veth peer name e1 netns b address 02:00:00:00:01:0b
up a e1; up b e1
ip -n a addr add fd00:1::a/64 dev e1; ip -n b addr add fd00:1::b/64 dev e1
ip -n b addr add fd00:b::1/128 dev lo
ip -n a -6 rule add from fd00:1::/64 to fd00:1::/64 prohibit pref 900
ip -n a -6 rule add from fd00:1::/64 lookup 100 pref 1000
ip -n a route add fd00:b::/64 via fd00:1::b table 100

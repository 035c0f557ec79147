at_ 200; do_ ip -n a addr add fd00:1::77/64 dev eth0
at_ 400; do_ ip -n a addr add fe80::1/64 dev eth0
at_ 600; do_ ip netns exec a sysctl -qw net.ipv6.conf.all.forwarding=1
at_ 800; do_ ip -n a addr add fd00:2::88/64 dev eth0
at_ 1000; do_ ip -n a addr del fd00:1::1/64 dev eth0
at_ 1200; do_ ip netns exec a sysctl -qw net.ipv6.conf.all.forwarding=0
at_ 1400; do_ ip -n a addr del fd00:1::77/64 dev eth0
at_ 1600; do_ ip -n a link set eth0 down
at_ 2800; do_ ip -n a link set eth0 up
at_ 3400; do_ ip netns exec a sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
at_ 3600; do_ ip netns exec a sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0
sleep 0.3

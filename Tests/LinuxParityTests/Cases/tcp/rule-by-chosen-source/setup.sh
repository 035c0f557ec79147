ns a b
ip link add eth0 netns a address 02:0a:00:00:00:01 type veth peer name eth0 netns b address 02:0b:00:00:00:01
up a eth0; up b eth0
ip -n a addr add 10.11.3.1/24 dev eth0; ip -n b addr add 10.11.3.2/24 dev eth0
ip -n a addr add 10.12.3.1/24 dev eth0; ip -n b addr add 10.12.3.2/24 dev eth0
ip -n a rule add from 10.11.3.0/24 blackhole pref 300
ip -n a rule add from 10.12.3.0/24 to 10.12.3.2 prohibit pref 301

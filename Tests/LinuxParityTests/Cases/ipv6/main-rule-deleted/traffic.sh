do_ ip -n gw -6 rule del pref 32766
t a ping -n -c 1 -W 0.3 fd00:b::2
do_ ip -n gw -6 rule add from fd99::/64 prohibit pref 500
t a ping -n -c 1 -W 0.3 fd00:b::2
t gw ping -n -c 1 -W 0.3 fd00:b::2

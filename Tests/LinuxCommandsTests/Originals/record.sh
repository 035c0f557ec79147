#!/bin/bash
# Records what the original programs print, for the tests to compare with.
#
#   ./record.sh [CASE...]       as root; the default is every case here
#
# A case is a file cases/NAME.case of command lines, run in order in network and mount namespaces of their own.
# Every line's outcome goes to recorded/NAME.txt: `$ line`, standard output behind `> `, standard error behind
# `! `, and the exit code behind `= `. IPv6 is present and disabled, as in the simulator; a case whose first line is
# `# ipv6` has it on.
# Cases with a line `# needs: ...` want a kernel with those devices; where it has none, the recording that
# is there stays. The recordings that are checked in were made by Linux 6.1 with iproute2 6.1, iputils 20221126,
# traceroute 2.1 and procps 4.0, on a kernel whose clock stands still while programs run: times are 0. The cases
# with IPv6 (but not those with VRFs too), proxies and next-hop objects were recorded by Linux 6.18.
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=${OUT:-$here/recorded}
export LC_ALL=C

if [ "${1:-}" = --inside ]; then
  mount -t tmpfs tmpfs /run/netns 2>/dev/null || { mkdir -p /run/netns; mount -t tmpfs tmpfs /run/netns; }
  scratch=$(mktemp -d)
  # IPv6 as a case wants it: off, or on without what happens at random times.
  settings="net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"
  [ "$(head -n 1 "$2")" = "# ipv6" ] && settings="net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.router_solicitations=0"
  sysctl -qw $settings net.ipv4.ping_group_range='0 0'
  while IFS= read -r line; do
    case $line in ''|'#'*) continue ;; esac
    printf '$ %s\n' "$line"
    eval "$line" >"$scratch/out" 2>"$scratch/err" </dev/null
    code=$?
    for name in /run/netns/*; do
      [ -e "$name" ] && nsenter --net="$name" sysctl -qw $settings
    done
    case $line in *" link "*|*" netns "*) sleep 1 ;; esac
    # This machine's clock runs; the recordings are of one that stands still.
    sed -E 's/^/> /; s|^(> rtt min/avg/max/mdev = )[0-9./]+ ms|\10.000/0.000/0.000/0.000 ms|; s|ipg/ewma [0-9./]+ ms|ipg/ewma 0.000/0.000 ms|; s|time=[0-9.]+ ms|time=0.000 ms|' "$scratch/out"
    sed 's/^/! /' "$scratch/err"
    printf '= %d\n' $code
  done <"$2"
  exit 0
fi

mkdir -p "$out"
[ $# -gt 0 ] || set -- "$here"/cases/*.case
for case in "$@"; do
  name=$(basename "$case" .case)
  missing=
  for kind in $(sed -n 's/^# needs: //p' "$here/cases/$name.case"); do
    unshare -n ip link add probe type "$kind" $([ "$kind" = vrf ] && echo table 1) 2>/dev/null || missing=$kind
  done
  if [ -n "$missing" ]; then
    echo "$name: skipped, this kernel has no $missing device" >&2
    continue
  fi
  unshare -mn bash "$here/record.sh" --inside "$here/cases/$name.case" >"$out/$name.txt"
  echo "$name: $(grep -c '^\$' "$out/$name.txt") lines" >&2
done

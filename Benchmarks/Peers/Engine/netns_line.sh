#!/bin/bash
# A host, routers R1..RN - host in real namespaces.  usage: netns_line.sh N PKTS [batch|naive] ; CORE, BIN via environment
# prints set-up time, kernel memory taken, pps received at the far end, forwards/s, teardown time.
N=${1:-10}; P=${2:-1000000}; HOW=${3:-batch}; CORE=${CORE:-1}; SEND=${SEND:-./rawsend}; X=vs$$
ns() { echo ${X}n$1; }; now() { date +%s.%N; }; mem() { awk '/^MemFree|^Cached|^Buffers/{s+=$2}END{print s}' /proc/meminfo; }
L=$((N+1)); M0=$(mem); T0=$(now)
if [ $HOW = naive ]; then   # one process per command, what a shell script or Mininet-like tool does
  for i in $(seq 0 $L); do taskset -c $CORE ip netns add $(ns $i); ip -n $(ns $i) link set lo up; ip netns exec $(ns $i) sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'; done
  for i in $(seq 0 $N); do ip link add r$i netns $(ns $i) type veth peer name l$((i+1)) netns $(ns $((i+1)))
    ip -n $(ns $i) addr add 10.$((i/256)).$((i%256)).1/24 dev r$i; ip -n $(ns $((i+1))) addr add 10.$((i/256)).$((i%256)).2/24 dev l$((i+1)); ip -n $(ns $i) link set r$i up; ip -n $(ns $((i+1))) link set l$((i+1)) up; done
  for i in $(seq 0 $L); do [ $i -lt $L ] && ip -n $(ns $i) route add default via 10.$((i/256)).$((i%256)).2; done
  for i in $(seq 1 $L); do j=$((i-1)); ip -n $(ns $i) route add 10.0.0.0/24 via 10.$((j/256)).$((j%256)).1 2>/dev/null; done
else
  for i in $(seq 0 $L); do echo netns add $(ns $i); done | ip -batch -
  for i in $(seq 0 $N); do echo link add r$i netns $(ns $i) type veth peer name l$((i+1)) netns $(ns $((i+1))); done | ip -batch -
  for i in $(seq 0 $L); do { echo link set lo up; [ $i -lt $L ] && { echo addr add 10.$((i/256)).$((i%256)).1/24 dev r$i; echo link set r$i up; echo route add default via 10.$((i/256)).$((i%256)).2; }
    j=$((i-1)); [ $i -gt 0 ] && { echo addr add 10.$((j/256)).$((j%256)).2/24 dev l$i; echo link set l$i up; }; [ $i -gt 1 ] && echo route add 10.0.0.0/24 via 10.$((j/256)).$((j%256)).1; } > ${TMPDIR:-.}/$X.b
    # route via needs the link up: order in the file is addr, link, route
    ip netns exec $(ns $i) sh -c "echo 1 > /proc/sys/net/ipv4/ip_forward; ip -force -batch ${TMPDIR:-.}/$X.b" 2>${TMPDIR:-.}/$X.err; done; rm -f ${TMPDIR:-.}/$X.b
fi
T1=$(now); M1=$(mem)
MAC=$(ip netns exec $(ns 1) cat /sys/class/net/l1/address); DST=10.$((N/256)).$((N%256)).2
ip netns exec $(ns 0) ping -c 1 -W 2 -t 255 $DST > /dev/null && ok=1 || ok=0
rx() { ip netns exec $(ns $L) cat /sys/class/net/l$L/statistics/rx_packets; }
for b in 1 64; do R0=$(rx); S0=$(now); out=$(ip netns exec $(ns 0) taskset -c $CORE $SEND r0 $MAC 10.0.0.1 $DST $P 1 100 $b); sleep 0.2; R1=$(rx)
s=$(echo "$out" | sed 's/.* in \([0-9.]*\) s.*/\1/'); awk -v n=$N -v b=$b -v r=$((R1-R0)) -v p=$P -v s=$s 'BEGIN{printf "line N=%d batch=%d sent=%d received=%d sec=%.3f pps=%.0f forwards/s=%.0f ns/forward=%.0f\n",n,b,p,r,s,r/s,r*n/s,1e9*s/(r*n+0.001)}'; done
ip netns add ${X}m; ip link add mon netns $(ns $L) type veth peer name monp netns ${X}m; T2=$(now); for i in $(seq 0 $L); do echo netns del $(ns $i); done | ip -batch -; T3=$(now)
for k in $(seq 3000); do ip -n ${X}m link show monp >/dev/null 2>&1 || break; sleep 0.02; done; T4=$(now); ip netns del ${X}m
awk -v n=$N -v h=$HOW -v o=$ok -v a=$T0 -v b=$T1 -v c=$T2 -v d=$T3 -v e=$T4 -v m=$((M0-M1)) 'BEGIN{printf "line N=%d how=%s ping=%d setup_s=%.3f kernel_mb=%.1f del_s=%.3f del_until_gone_s=%.3f\n",n,h,o,b-a,m/1024,d-c,e-c}'

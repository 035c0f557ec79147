#!/bin/sh
# Prefix tables against DPDK's, in one process, on a real table of the Internet: prints one table for IPv4, one for
# 10,000 small tables, one for IPv6, and the ratios of the goals.
#
#   peers_prefix_tables.sh [rounds=4] [JSON]    JSON: a file that gets the ratios
#
# HUGE_PAGES=1 gives DPDK pages of 2 MiB that the system has reserved (sysctl vm.nr_hugepages=3000), as it is run in
# production: its lookups take up to 40 % less. Without, its tables are in ordinary pages, ours in transparent huge ones.
#
# Needs: gcc, swift, pkg-config, python3, libdpdk-dev (Debian 12: DPDK 22.11), about 9 GiB of memory. Exit code 3 where
# one is missing. Ours is built for x86-64-v3; SWIFT_MARCH=x86-64 for any x86-64. Only ratios within one run mean anything.
set -e
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-4}
json=${2:+$(realpath -m "$2")}
march=${SWIFT_MARCH:-x86-64-v3}
for program in gcc swift pkg-config python3; do
  command -v $program >/dev/null || { echo "prefix tables: skipped, $program is missing"; exit 3; }
done
pkg-config --exists libdpdk || { echo "prefix tables: skipped, libdpdk-dev is missing"; exit 3; }
if [ -n "$HUGE_PAGES" ] && [ "$(cat /proc/sys/vm/nr_hugepages)" -lt 3000 ]; then
  echo "prefix tables: skipped, 3000 huge pages are not reserved"; exit 3
fi
sources=$here/Peers/PrefixTables
build=$here/.build/peers
mkdir -p "$build"
cd "$build"
swift build --package-path "$here" --scratch-path "$here/.build/$march" -c release -Xcc -march=$march \
  --product PrefixTableEntryPoints >swift.log 2>&1 || { cat swift.log >&2; exit 1; }
[ -f v4.bin ] || python3 "$sources/convert.py" "$sources/prefixes.txt.xz" .
flags="$(pkg-config --cflags libdpdk) -O3 -march=native -w -I$sources"
for file in bench peers small; do gcc $flags -c "$sources/$file.c" -o $file.o; done
swiftc -static-stdlib bench.o peers.o small.o "$here/.build/$march/release/libPrefixTableEntryPoints.a" -o bench \
  -lrte_lpm -lrte_fib -lrte_rib -lrte_hash -lrte_eal -lrte_mempool -lm
export GLIBC_TUNABLES=glibc.malloc.hugetlb=1
taskset -c 0 ./bench v4.bin v6.bin "$rounds" 2>bench.err >table.txt || { cat bench.err >&2; exit 1; }
cat table.txt
python3 "$sources/ratios.py" table.txt ${json:+"$json"}

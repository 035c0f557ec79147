#!/bin/bash
# build-tt.sh CACHE: build CACHE/tt/linux, a User Mode Linux kernel with time travel, from Debian's linux-source-6.1.
# The kernel and this patch to it are GPL-2.0. They are a tool to compare with and are never shipped with the product.
# Needs: gcc make flex bison bc libelf-dev xz-utils, 2 GB of temporary space, about 8 minutes on 2 cores.
# Changes to the source: HZ 100 -> 250 (Debian's amd64 value); os_getrandom() deterministic when UML_RNG_SEED is set.
set -euo pipefail
CACHE=$1; HERE=$(cd "$(dirname "$0")" && pwd)
D=$(mktemp -d); trap 'rm -rf "$D"' EXIT
cd "$D"
apt-get download linux-source-6.1; dpkg -x linux-source-6.1_*.deb s
mkdir k; tar xf s/usr/src/linux-source-6.1.tar.xz -C k --strip-components=1; rm -rf s
cd k
sed -i '/^config HZ/,/^$/s/default 100/default 250/' arch/um/Kconfig
python3 - <<'P'
p = 'arch/um/os-Linux/util.c'
s = open(p).read()
a = '\treturn getrandom(buf, len, flags);\n'
assert a in s
s = s.replace(a, '''\tstatic unsigned long long x;
	static int init, det;
	unsigned char *p = buf;
	size_t i;

	if (!init) {
		char *e = getenv("UML_RNG_SEED");
		init = 1;
		if (e) {
			det = 1;
			x = strtoull(e, NULL, 0) * 2654435769ULL + 88172645463325252ULL;
		}
	}
	if (!det)
		return getrandom(buf, len, flags);
	for (i = 0; i < len; i++) {
		x ^= x << 13; x ^= x >> 7; x ^= x << 17;
		p[i] = x >> 32;
	}
	return len;
''')
open(p, 'w').write(s)
P
KCONFIG_ALLCONFIG="$HERE/tt.config" make ARCH=um allnoconfig >/dev/null
make ARCH=um -j"$(nproc)" linux
mkdir -p "$CACHE/tt"; strip -o "$CACHE/tt/linux.new" linux; mv "$CACHE/tt/linux.new" "$CACHE/tt/linux"

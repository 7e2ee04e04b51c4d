#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# run.sh DIRECTORY FORMER: the package in DIRECTORY, installed over one with the program
# FORMER, of the last release with ABI 1, upgraded under packets, removed and purged, in a
# root made by debootstrap. Without FORMER, it is installed, and the rest is the same.
# Everything is mounted in a mount namespace that ends with this script, with a BPF file
# system of its own.
set -eu
# shellcheck source=tests/release/root.bash
. "$(dirname "$0")/../release/root.bash"
if [ "${1:-}" != --inside ]; then
	packages=$(realpath "$1")
	former=$(realpath "$2")
	root=$(mktemp -d)
	chmod 755 "$root" # apt is a user of its own there
	net=psd$$
	clean() {
		ip netns delete "$net" || [ ! -e "/run/netns/$net" ]
		ip netns delete "${net}c" || [ ! -e "/run/netns/${net}c" ]
		rm -rf --one-file-system "$root"
	}
	trap clean EXIT
	ip netns add "$net"
	ip netns add "${net}c"
	ip -n "${net}c" link add eth0 type veth peer name eth0 netns "$net"
	ip -n "${net}c" address add 192.0.2.1/24 dev eth0
	ip -n "$net" address add 192.0.2.2/24 dev eth0
	ip -n "${net}c" link set eth0 up
	ip -n "$net" link set eth0 up
	bootstrap bookworm "$root"
	unshare --mount --propagation private "$0" --inside "$root" "$packages" "$net" "$former"
	exit
fi

root=$2 packages=$3 net=$4 former=$5
count=0 sent=0

ok() {
	count=$((count + 1))
	echo "ok $count - $*"
}

inside() {
	enter "$root" "$@"
}

steer() {
	inside portsteer -n "$net" "$@"
}

# N: the client's datagrams to port 7.
flood() {
	nsenter --net="/run/netns/${net}c" bash -c \
		"for ((i = 0; i < $1; i++)); do echo >/dev/udp/192.0.2.2/7; done"
}

# The package with another version, and [PROGRAM], and nothing else.
repack() {
	dpkg-deb -R "$packages"/portsteer_*.deb "$root/tmp/repacked"
	sed -i "s/^Version: .*/Version: $1/" "$root/tmp/repacked/DEBIAN/control"
	[ $# = 1 ] || install -m 755 "$2" "$root/tmp/repacked/usr/sbin/portsteer"
	dpkg-deb --root-owner-group -b "$root/tmp/repacked" "$root/tmp/portsteer_$1.deb" >/dev/null
	rm -r "$root/tmp/repacked"
}

# FILE: installed while packets arrive, none of which is missed.
upgrade() {
	flood 20000 &
	inside dpkg -i "$1" >/dev/null
	steer -q apply /etc/portsteer/portsteer.yaml
	wait $!
	sent=$((sent + 20000))
	check_count
}

check_count() {
	local packets
	packets=$(steer -j bindings | jq '.[0].rx_packets')
	[ "$packets" = "$sent" ] || {
		echo "not ok - $packets packets of $sent were counted"
		exit 1
	}
}

# What is in the root, but for caches and other people's namespaces.
list() {
	find "$root" -xdev \( -path "$root/var" -o -path "$root/run/netns" \) -prune -o -print | sort
}

mount_system "$root"
mkdir -p "$root/run/netns"
mount --rbind /run/netns "$root/run/netns"
lend_apt "$root"
list >"$root/tmp/before"

mkdir -p "$root/etc/portsteer"
cat >"$root/etc/portsteer/portsteer.yaml" <<'END'
interfaces: [{device: eth0}]
bindings: [{endpoint: "udp 192.0.2.2:7", action: drop, name: seven}]
END
cp "$packages"/portsteer_*.deb "$root/tmp/portsteer.deb"
first=portsteer.deb
if [ -e "$former" ]; then
	first=portsteer_0.0.1.deb
	repack 0.0.1 "$former"
fi
inside apt-get -q update >/dev/null
inside apt-get -qy --no-install-recommends install "/tmp/$first" >/dev/null
inside portsteer version
# As the service does, but for a namespace that is not the machine's.
steer apply /etc/portsteer/portsteer.yaml
flood 100
sent=100
ok "it steers"

if [ -e "$former" ]; then
	[ -d "$root/sys/fs/bpf/portsteer/v1" ]
	upgrade /tmp/portsteer.deb
	[ -d "$root/sys/fs/bpf/portsteer/v2" ]
	ok "it takes over from ABI 1: all of $sent packets were steered"
else
	ok "it takes over from ABI 1 # SKIP no history to build that from"
fi

for file in /usr/sbin/portsteer /lib/systemd/system/portsteer.service \
	/lib/systemd/system/portsteer-online.service /usr/share/man/man5/portsteer.5.gz \
	/usr/share/portsteer/portsteer.schema.json /usr/share/portsteer/schema/status.json \
	/usr/share/doc/portsteer/examples/portsteer.yaml /etc/portsteer; do
	inside test -e $file
done
ok "it is installed"

repack 9.9.9
upgrade /tmp/portsteer_9.9.9.deb
[ "$(inside dpkg-query -f "\${Version}" -W portsteer)" = 9.9.9 ]
ok "it is upgraded in place: all of $sent packets were steered"

steer -q apply --confirm 3600 - <<<'bindings: []' # which must not stand in the way
inside apt-get -qy remove portsteer >/dev/null
[ ! -e "$root/sys/fs/bpf/portsteer" ]
if nsenter --net="/run/netns/$net" bpftool net show | grep portsteer; then
	exit 1
fi
inside test ! -e /usr/sbin/portsteer
inside test -e /etc/portsteer/portsteer.yaml
ok "it is removed, and its programs with it; the file stays"

inside apt-get -qy --auto-remove purge portsteer >/dev/null
rm -r "$root"/tmp/portsteer* "$root/run/portsteer"
left=$(list | comm -3 "$root/tmp/before" - | grep -v '/tmp/before$') || [ -z "$left" ]
if [ -n "$left" ]; then
	printf 'not ok - left, or taken:\n%s\n' "$left"
	exit 1
fi
ok "it is purged: nothing is left"
echo "1..$count"

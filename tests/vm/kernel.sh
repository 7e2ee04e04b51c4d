#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# kernel.sh SERIES [CACHE]: the newest Debian kernel of a series (6.1, 6.12), unpacked
# below CACHE (build/kernels): prints its directory, which holds vmlinuz, initrd
# and lib/modules. The small "cloud" kernels have all that is needed: virtio, BPF, BTF.
# MACHINE: arm64 instead of amd64, and BUSYBOX one that runs there.
set -eu
here=$(dirname "$(realpath "$0")")
series=$1
cache=${2:-$here/../../build/kernels}
machine=${MACHINE:-amd64}
busybox=${BUSYBOX:-$(command -v busybox)}

# PATTERN: what apt knows between linux-image-SERIES and -cloud-amd64.
versions() {
	apt-cache search --names-only "^linux-image-${series//./\\.}$1-cloud-$machine\$" |
		sed 's/^linux-image-//; s/ .*//' | sort -V
}

# The newest version of the series that apt knows: 6.1.0-56-cloud-amd64. 7.3-cloud-amd64 is
# the first of its series; 6.12-cloud-amd64 is a name for the newest.
newest() {
	local found
	found=$(versions '\.[0-9][^-]*(-[0-9]+)?')
	[ -n "$found" ] || found=$(versions '')
	tail -n 1 <<<"$found"
}

# VERSION: its packages, which are more than one from 7.0 on.
packages() {
	echo "linux-image-$1"
	apt-cache depends "linux-image-$1" | sed -n "s/^ *Depends: \(linux-[a-z]*-$1\)\$/\1/p"
}

# DIR VERSION: the kernel and its modules, wherever Debian has packed them.
unpack() {
	local file
	rm -rf "$1.new" && mkdir -p "$1.new/lib" && cd "$1.new"
	packages "$2" | xargs apt-get -q download >&2
	for file in ./*.deb; do
		dpkg-deb -x "$file" .
	done
	[ ! -d usr/lib/modules ] || mv usr/lib/modules lib/
	for file in "boot/vmlinuz-$2" "lib/modules/$2/vmlinuz"; do
		[ ! -f "$file" ] || mv "$file" vmlinuz
	done
	find lib/modules -name '*.ko.xz' -exec xz -d {} +
	depmod --basedir . "$2"
	rm -rf ./*.deb boot usr
	mv "$1.new" "$1"
}

# DIR VERSION: what it takes to reach the host's files.
make_initrd() {
	local root module
	root=$(mktemp -d)
	mkdir "$root/bin" "$root/modules"
	cp "$busybox" "$root/bin/busybox"
	cp "$here/init" "$root/init"
	for module in virtio_pci virtio_console virtiofs overlay; do
		modprobe --dirname "$1" --set-version "$2" --show-depends "$module"
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' >"$root/modules/order"
	xargs -a "$root/modules/order" cp -t "$root/modules"
	sed -i 's|.*/||' "$root/modules/order"
	(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) | gzip -1 >"$1/initrd"
	rm -r "$root"
}

mkdir -p "$cache"
cache=$(realpath "$cache")
version=$(newest)
if [ -z "$version" ] || [ ! -d "$cache/$version" ]; then
	apt-get -q update >/dev/null # the lists may be older than the archive
	version=$(newest)
fi
if [ -z "$version" ]; then
	echo "kernel.sh: apt knows no package linux-image-$series...-cloud-$machine" >&2
	exit 1
fi
[ -d "$cache/$version" ] || (unpack "$cache/$version" "$version")
make_initrd "$cache/$version" "$version"
echo "$cache/$version"

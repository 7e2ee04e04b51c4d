#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# kernel.sh SERIES [CACHE]: the newest Debian kernel of a series (6.1, 6.12), unpacked
# below CACHE (build/kernels): prints its directory, which holds vmlinuz, initrd
# and lib/modules. The small "cloud" kernels have all that is needed: virtio, BPF, BTF.
set -eu
here=$(dirname "$(realpath "$0")")
series=$1
cache=${2:-$here/../../build/kernels}

# The newest version of the series that apt knows: 6.1.0-56-cloud-amd64
newest() {
	local name="^linux-image-${series//./\\.}\\.[0-9][^-]*(-[0-9]+)?-cloud-amd64\$"
	apt-cache search --names-only "$name" | sed 's/^linux-image-//; s/ .*//' | sort -V | tail -n 1
}

# DIR VERSION: the kernel and its modules, as Debian packs them.
unpack() {
	rm -rf "$1.new" && mkdir "$1.new" && cd "$1.new"
	apt-get -q download "linux-image-$2" >&2
	dpkg-deb -x ./*.deb .
	find lib/modules -name '*.ko.xz' -exec xz -d {} +
	depmod --basedir . "$2"
	mv "boot/vmlinuz-$2" vmlinuz
	rm -r ./*.deb boot usr
	mv "$1.new" "$1"
}

# DIR VERSION: what it takes to reach the host's files.
make_initrd() {
	local root module
	root=$(mktemp -d)
	mkdir "$root/bin" "$root/modules"
	cp "$(command -v busybox)" "$root/bin/busybox"
	cp "$here/init" "$root/init"
	for module in virtio_pci virtiofs overlay; do
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
	echo "kernel.sh: apt knows no package linux-image-$series...-cloud-amd64" >&2
	exit 1
fi
[ -d "$cache/$version" ] || (unpack "$cache/$version" "$version")
make_initrd "$cache/$version" "$version"
echo "$cache/$version"

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
# Sourced: roots of other Debian releases and machines, below build/, and namespaces in
# which they are mounted. Nothing of this machine is changed, and nothing is left
# mounted or running, however the script ends.

PATH=$PATH:/usr/sbin:/sbin

# [WORD]: where this machine has its Debian packages from, or those of an archive with that name.
mirror() {
	sed -n 's/^deb \(\[[^]]*\] \)\?\(http[^ ]*\) .*/\2/p; s/^URIs: *\([^ ]*\).*/\1/p' \
		/etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -m 1 "${1:-debian}"
}

# RELEASE DIRECTORY
bootstrap() {
	echo "debootstrap..."
	debootstrap --variant=minbase --include=netbase,ca-certificates "$1" "$2" "$(mirror)" \
		>"$2.log" 2>&1 || { tail "$2.log" >&2; return 1; }
	rm "$2.log"
}

# COMMAND...: with mounts and processes of its own, which all end with it, and with us.
in_own_namespaces() {
	local status
	setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
		--mount-proc "$@" &
	pid=$!
	trap 'kill -KILL $pid 2>/dev/null' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	wait $pid
	status=$?
	trap - EXIT INT TERM HUP
	return $status
}

# ROOT BUILT: in ROOT this tree is where it is here, but its build/ is BUILT.
lend_tree() {
	mkdir -p "$1$PWD" "$2"
	mount --bind "$PWD" "$1$PWD"
	mount --bind "$2" "$1$PWD/build"
}

# ROOT: what its system would mount. It becomes a mount point, as programs expect of '/'.
mount_system() {
	mount --bind "$1" "$1"
	mount -t proc proc "$1/proc"
	mount --rbind /sys "$1/sys"
	mount -t bpf bpf "$1/sys/fs/bpf"
	mount --rbind /dev "$1/dev"
}

# ROOT: packages are fetched there as here, and no server is started.
lend_apt() {
	cp /etc/resolv.conf "$1/etc/"
	cp /etc/apt/apt.conf.d/* "$1/etc/apt/apt.conf.d/"
	printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
	chmod 755 "$1/usr/sbin/policy-rc.d"
}

# ROOT COMMAND...
enter() {
	chroot "$1" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root TERM=dumb LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "${@:2}"
}

# DIRECTORY MACHINE RELEASE: from now on apt is about packages of that machine and
# release, knows of none that is installed, and keeps all it has there.
own_apt() {
	local from keys security
	from=$(mirror)
	security=$(mirror debian-security) || true
	keys='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
	mkdir -p "$1"/{none,lists/partial,cache/archives/partial}
	: >"$1/status"
	printf "deb $keys %s %s main\n" "$from" "$3" "$from" "$3-updates" \
		${security:+"$security" "$3-security"} >"$1/sources.list"
	cat >"$1/conf" <<-END
		Dir::State "$1";
		Dir::State::status "$1/status";
		Dir::Cache "$1/cache";
		Dir::Etc::sourcelist "$1/sources.list";
		Dir::Etc::sourceparts "$1/none";
		APT::Architecture "$2";
		APT::Architectures { "$2"; };
		APT::Sandbox::User "root";
	END
	export APT_CONFIG=$1/conf
	apt-get -q update >/dev/null
}

# ROOT APT PACKAGE...: these, and what they need, unpacked and not configured: no program of
# another machine can run here. Made by hand is what tests miss of that.
unpack_root() {
	local root=$1 archives=$2/cache/archives package
	shift 2
	rm -rf "$root" && mkdir -p "$root" "$archives/partial"
	apt-get -q -y --no-install-recommends --download-only install '?essential' "$@" >/dev/null
	for package in "$archives"/*.deb; do
		dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --keep-directory-symlink
	done
	rm -rf "$archives"
	cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
	cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
	ln -s mawk "$root/usr/bin/awk"
}

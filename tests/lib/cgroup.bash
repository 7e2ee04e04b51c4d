# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Cgroups of one test's own, $GROUP and $GROUP/inner, named after its namespace of net.bash.

cgroup_setup() {
	MOUNT=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)
	[ "$MOUNT" ] || skip "needs cgroup v2"
	GROUP=/$HOST
	mkdir "$MOUNT$GROUP" "$MOUNT$GROUP/inner"
}

# Behind net_teardown. Whoever is in these cgroups is one of the test's own processes.
cgroup_teardown() {
	local group

	for group in "$MOUNT$GROUP"/* "$MOUNT$GROUP"; do
		[ ! -d "$group" ] || net_wait 5 rmdir "$group"
	done
}

# GROUP NS COMMAND...: run by a process of that cgroup
within() {
	bash -c 'echo $$ >"$0/cgroup.procs" && exec nsenter --net="/run/netns/$1" -- "${@:2}"' \
		"$MOUNT$1" "${@:2}"
}

# A namespace with addresses, and cgroups, for tests of the guard.
guard_setup() {
	net_setup_table
	cgroup_setup
	ip -n "$HOST" link add eth0 type veth peer name eth1
	ip -n "$HOST" address add 192.0.2.2/24 dev eth0
	ip -n "$HOST" address add 2001:db8:1::2/64 dev eth0 nodad
	ip -n "$HOST" link set eth0 up
	ip -n "$HOST" link set eth1 up
}

guard_teardown() {
	if [ -d "$PINS/$HOST" ]; then
		steer guard off
	fi
	net_teardown
	cgroup_teardown
}

# KIND,ADDRESS,PORT[,v6only|reuseport|twice]...: what bind(2) says to each, in one line
binds() {
	within "${AT:-$GROUP}" "${IN:-$HOST}" ${AS:+setpriv --reuid=$AS --clear-groups} \
		/usr/bin/python3 - "$@" <<'PYTHON'
import errno
import socket
import sys


def one(kind, address, port, *options):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kinds = {"tcp": (socket.SOCK_STREAM, 0), "udp": (socket.SOCK_DGRAM, 0),
             "mptcp": (socket.SOCK_STREAM, 262)}
    with socket.socket(family, *kinds[kind]) as bound:
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int("v6only" in options))
        if "reuseport" in options:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            bound.bind((address, int(port)))
        except OSError as error:
            if "twice" in options:  # the refused socket is as it was
                bound.bind((address, int(port) + 1))
                return "then"
            return errno.errorcode[error.errno]
        return "ok"


print(*(one(*text.split(",")) for text in sys.argv[1:]))
PYTHON
}

# KEY...: of the refused-bind rows, one row a line
tried() {
	steer -j conflicts | jq -r --args '.[] | select(.kind == "refused-bind") |
		[getpath($ARGS.positional[] | split("."))] | map(tostring) | join(" ")' "$@"
}

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
		[ ! -d "$group" ] || net_wait 20 rmdir "$group"
	done
}

# GROUP NS COMMAND...: run by a process of that cgroup; in the pid namespace of process $INSIDE
within() {
	bash -c 'echo $$ >"$0/cgroup.procs" && exec nsenter --net="/run/netns/$1" "${@:2}"' \
		"$MOUNT$1" "$2" ${INSIDE:+--target "$INSIDE" --pid --mount} -- "${@:3}"
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

# [--pid PID] SOCKET...: what bind(2) says to each, in one line; see binder.py, which others may
# not be allowed to read
binds() {
	within "${AT:-$GROUP}" "${IN:-$HOST}" ${AS:+setpriv --reuid=$AS --clear-groups} \
		/usr/bin/python3 - "$@" <"${BASH_SOURCE[0]%/*}/binder.py"
}

# KEY...: of the refused-bind rows, one row a line
tried() {
	steer -j conflicts | jq -r --args '.[] | select(.kind == "refused-bind") |
		[getpath($ARGS.positional[] | split("."))] | map(tostring) | join(" ")' "$@"
}

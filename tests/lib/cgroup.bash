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

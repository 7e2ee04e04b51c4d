# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# A machine of a test's own: a mount namespace with a BPF file system and a
# /run/netns that nobody else sees, and boxes, which are processes in a network
# namespace without a name.

namespaces_setup() {
	net_names
	unshare --mount --propagation private sleep 600 3>&- &
	KEEPER=$!
	NET_PIDS+=("$KEEPER")
	net_wait 20 has_own mnt "$KEEPER"
	inside mount -t bpf bpf /sys/fs/bpf
	inside mount -t tmpfs none /run
	inside mkdir /run/netns
	BOX=
}

# KIND PID
has_own() {
	[ "$(readlink "/proc/$2/ns/$1")" != "$(readlink "/proc/self/ns/$1")" ]
}

# COMMAND...: with the mounts of this test
inside() {
	nsenter --mount="/proc/$KEEPER/ns/mnt" --root="/proc/$KEEPER/root" -- "$@"
}

# A process in a network namespace of its own, without a name; sets BOX.
make_box() {
	nsenter --mount="/proc/$KEEPER/ns/mnt" --root="/proc/$KEEPER/root" -- \
		unshare --net sleep 600 3>&- &
	BOX=$!
	NET_PIDS+=("$BOX")
	net_wait 20 has_own net "$BOX"
}

end_box() {
	kill -KILL "$BOX"
	if wait "$BOX"; then
		return 1
	fi
}

# WORDS...: on the machine
machine() {
	inside "$PORTSTEER" "$@"
}

# WORDS...: in the box
boxed() {
	nsenter --net="/proc/$BOX/ns/net" --mount="/proc/$KEEPER/ns/mnt" \
		--root="/proc/$KEEPER/root" -- "$PORTSTEER" "$@"
}

instances() {
	inside ls "$PINS" 2>/dev/null | grep -v %lock
}

# NAME: what status without -n says of the namespace of an instance
fate() {
	machine -j status 2>"$BATS_TEST_TMPDIR/fate.log" |
		jq -r --arg name "$1" '.[] | select(.instance == $name) | .namespace'
}

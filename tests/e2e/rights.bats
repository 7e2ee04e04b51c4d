#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Who may do what: three capabilities load, the owner changes, a group may be
# let read, and others get an error that says what is missing. In a mount
# namespace with a BPF file system of its own.

load lib/net
load lib/cgroup

GROUP=64123
FULL=bpf,net_admin,perfmon
AT=/sys/fs/bpf/portsteer/v2
READERS=(bindings status conflicts flows reasons)

setup() {
	net_names
	net_add "$HOST"
	ip -n "$HOST" link add eth0 up type veth peer name eth1
	ip -n "$HOST" link set eth1 up
	# readable for everybody, wherever the tool was built
	TOOL=$(mktemp -d "/tmp/$NET.XXXXXX")
	chmod 755 "$TOOL"
	cp "$PORTSTEER" "$TOOL/portsteer"
	net_start "$HOST" unshare --mount --propagation private sleep 600
	KEEPER=${NET_PIDS[0]}
	net_wait 20 has_own_mounts
	inside mount -t bpf bpf /sys/fs/bpf
}

teardown() {
	rm -r "$TOOL"
	net_teardown
	if [ "${MOUNT:-}" ]; then
		GROUP=/$HOST cgroup_teardown
	fi
}

has_own_mounts() {
	[ "$(readlink "/proc/$KEEPER/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ]
}

# COMMAND...: with the namespaces of this test, below the same root
inside() {
	nsenter --mount="/proc/$KEEPER/ns/mnt" --root="/proc/$KEEPER/root" \
		--net="/run/netns/$HOST" -- "$@"
}

# CAPABILITIES GROUP WORDS...: portsteer of an ordinary user, who has these (a,b or none)
as() {
	local caps=-all

	if [ "$1" != none ]; then
		caps=-all,+${1//,/,+}
	fi
	inside setpriv --reuid=65534 --regid="$2" --clear-groups --inh-caps="$caps" \
		--ambient-caps="$caps" --bounding-set="$caps" -- "$TOOL/portsteer" -n "$HOST" "${@:3}"
}

root() {
	inside "$PORTSTEER" -n "$HOST" "$@"
}

is_empty() {
	! inside test -e "${AT%/*}"
}

@test "CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON suffice for all commands" {
	as $FULL 65534 attach eth0
	as $FULL 65534 -q bind tcp any:7 drop name seven
	as $FULL 65534 -q bind tcp any:7 pass --replace
	as $FULL 65534 -q bind udp 192.0.2.0/24:7-9 redirect eth1
	as $FULL 65534 attach eth1 hook tc
	for reader in "${READERS[@]}"; do
		as $FULL 65534 -j "$reader" | jq -e 'type == "array"'
	done
	same 'attached attached attached attached' "$(as $FULL 65534 -j status |
		jq -r '[.[].interfaces[].state] | join(" ")')"
	as $FULL 65534 refresh
	as $FULL 65534 unbind name seven
	as $FULL 65534 detach eth1
	as $FULL 65534 attach eth1 mode generic
	as $FULL 65534 flush
	as $FULL 65534 detach all
	is_empty
}

# BPF_F_ZERO_SEED is 0x40. bpftool is root's.
flags() {
	inside bpftool -j map show pinned "$AT/$HOST/bindings" | jq .flags
}

@test "without CAP_SYS_ADMIN the table's buckets are not known, and it is loaded all the same" {
	local expected i

	for ((i = 0; i < 5000; i++)); do
		echo "tcp 198.18.$((i / 250)).$((i % 250)):$((i + 1)) drop"
	done >"$BATS_TEST_TMPDIR/many"
	root -q bind --batch - <"$BATS_TEST_TMPDIR/many"
	same $((0x41)) "$(flags)"
	expected=$(root bindings --yaml)
	root flush
	as $FULL 65534 -q bind --batch - <"$BATS_TEST_TMPDIR/many"
	same 1 "$(flags)"
	same "$expected" "$(root bindings --yaml)"
	root -q bind tcp any:1 drop
	as $FULL 65534 -q unbind tcp 198.18.0.0:1
	same 5000 "$(root -j status | jq '.[0].bindings')"
	root flush
	is_empty
}

# CAPABILITIES NAMES WORDS...: the command lacks exactly those
# and says so in one line: no log of the verifier, no hint of libbpf
lacks() {
	local said

	if said=$(as "$1" 65534 "${@:3}" 2>&1); then
		echo "with $1: '${*:3}' succeeded" >&2
		return 1
	fi
	same "needs $2: " "$(grep -o 'needs .*: ' <<<"$said")"
	same 1 "$(wc -l <<<"$said")"
}

@test "each capability that is missing is named, and nothing is left behind" {
	for how in "" -v; do
		for words in "attach eth0" "attach eth0 hook tc" "bind tcp any:7 drop"; do
			# shellcheck disable=SC2086 # several words, or none
			{
				lacks net_admin,perfmon CAP_BPF $how $words
				lacks bpf,perfmon CAP_NET_ADMIN $how $words
				lacks none "CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON" $how $words
				lacks perfmon "CAP_BPF and CAP_NET_ADMIN" $how $words
			}
			is_empty
		done
	done
	lacks bpf,net_admin CAP_PERFMON attach eth0
	lacks bpf,net_admin CAP_PERFMON -v attach eth0 hook tc
	is_empty
}

@test "capabilities of a user namespace do not count, and the error says so" {
	if ! inside unshare --user --map-root-user true; then
		skip "no user namespaces here, as in every chroot"
	fi
	says 1 "cannot load the table: capabilities of a user namespace do not count for BPF" \
		inside unshare --user --map-root-user "$PORTSTEER" -n "$HOST" attach eth0
}

@test "what is loaded is changed by its owner without any capability" {
	as $FULL 65534 attach eth0
	as none 65534 -q bind tcp any:7 drop
	as none 65534 -q bind tcp any:7 pass --replace
	as none 65534 -q refresh
	same 'tcp any:7' "$(as none 65534 -j bindings | jq -r '.[].endpoint')"
	as none 65534 unbind tcp any:7
	if [ "$(as none 65534 -j status | jq '[.[].interfaces[].mode] | index("clsact")')" = null ]; then
		as none 65534 detach all
	else # a filter is nobody's
		says 1 "cannot remove the filter of 'eth0': needs CAP_NET_ADMIN" \
			as none 65534 detach all
		as net_admin 65534 detach all
	fi
	is_empty
}

# Nor what the kernel tells only who has CAP_NET_ADMIN: that is said to be unchecked.
without_counts() {
	jq -c '[.[] | select(.kind != "unchecked") | del(.packets) | (.interfaces[]? |= del(.checked, .programs))]'
}

# READER: the group reads what root reads; a frame of the kernel's own may come in between.
is_same_to_group() {
	[ "$(root -j "$1" | without_counts)" = "$(as none $GROUP -j "$1" | without_counts)" ]
}

@test "a member of the group reads everything, and changes nothing" {
	root attach eth0
	root -q bind tcp any:7 drop
	inside chgrp -R $GROUP "${AT%/*}"
	for reader in "${READERS[@]}"; do
		as none $GROUP "$reader"
		net_wait 20 is_same_to_group "$reader"
	done
	generation=$(root -j status | jq '.[].generation')
	for words in "attach eth1" "detach eth0" "bind tcp any:8 drop" "unbind tcp any:7" \
		flush refresh; do
		# shellcheck disable=SC2086 # several words
		says 1 "$AT/$HOST has mode 0750: this takes root or, to read, group $GROUP" \
			as none $GROUP $words
	done
	same "$generation" "$(root -j status | jq '.[].generation')"
	same 'eth0 eth0' "$(root -j status | jq -r '[.[].interfaces[].interface] | join(" ")')"
}

# FILE TEXT: a line of it has that.
has() {
	grep -qF -- "$2" "$TOOL/$1"
}

@test "a member of the group follows the instance, while it may; others do not" {
	local gid=$GROUP GROUP

	cgroup_setup
	root -q bind tcp any:7 drop
	inside chgrp -R "$gid" "${AT%/*}"
	as none "$gid" monitor >"$TOOL/events" 2>&1 3>&- &
	NET_PIDS+=($!)
	net_wait 20 has events "instance $HOST is there, generation 1"
	root guard report "$GROUP"
	net_wait 20 has events 'guard report (unknown)'
	root -q bind tcp any:8 drop
	net_wait 20 has events '+ tcp any:8 drop'
	within "$GROUP" "$HOST" timeout 2 socat -u tcp4-listen:8 - || [ $? -eq 124 ]
	net_wait 20 has events 'would refuse tcp any4:8 to socat (pid '
	root guard off
	net_wait 20 has events 'guard off'
	says 1 "${AT%/*} has mode 0750: this takes root or, to read, group $gid" \
		as none 65534 monitor
	inside chmod 700 "$AT/$HOST"
	net_wait 20 has events "portsteer: cannot open $AT/$HOST"
}

@test "a member of the group cannot hold up who changes" {
	root -q bind tcp any:7 drop
	inside chgrp -R $GROUP "${AT%/*}"
	for at in /sys/fs/bpf "${AT%/*}" "$AT" "$AT/$HOST" "$AT/$HOST/links"; do
		net_start "$HOST" nsenter --mount="/proc/$KEEPER/ns/mnt" --root="/proc/$KEEPER/root" -- \
			setpriv --reuid=65534 --regid=$GROUP --clear-groups --inh-caps=-all -- \
			flock -F -x "$at" sleep 60
	done
	for at in "$AT/$HOST" "$AT"; do
		net_wait 20 inside bash -c "! flock -n -x $at true"
		says 1 "" inside setpriv --reuid=65534 --regid=$GROUP --clear-groups --inh-caps=-all \
			-- bash -c "exec 8<$at/%lock"
	done
	root --wait 0 -q bind tcp any:8 drop
	root --wait 0 attach eth0
	root --wait 0 detach all
	root --wait 0 flush
	is_empty
}

@test "others read nothing, change nothing, and are told who may" {
	root -q bind tcp any:7 drop
	for words in "${READERS[@]}" flush "unbind tcp any:7" "bind tcp any:8 drop"; do
		# shellcheck disable=SC2086 # several words
		says 1 "${AT%/*} has mode 0750: this takes root or, to read, group root" \
			as none 65534 $words
	done
	inside chmod 700 /sys/fs/bpf
	says 1 "/sys/fs/bpf has mode 0700: this takes root" as $FULL $GROUP bindings
	says 1 "/sys/fs/bpf has mode 0700: this takes root" as $FULL $GROUP attach eth0
}

@test "another network namespace is entered with CAP_SYS_ADMIN only" {
	says 1 "cannot enter network namespace '$HOST' (needs CAP_SYS_ADMIN)" \
		setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all -- \
		"$TOOL/portsteer" -n "$HOST" bind tcp any:7 drop
}

@test "directories are 0750, the lock is 0700, maps are 0640" {
	root attach eth0
	same 750 "$(inside stat -c %a "$AT/$HOST")"
	same 750 "$(inside stat -c %a "$AT/$HOST/links")"
	same 700 "$(inside stat -c %a "$AT/$HOST/%lock")"
	same 700 "$(inside stat -c %a "$AT/%lock")"
	for map in bindings directory counters meta state; do
		same 640 "$(inside stat -c %a "$AT/$HOST/$map")"
	done
}

@test "a BPF file system that is read-only: reading works, changing says why" {
	root -q bind tcp any:7 drop
	inside mount -o remount,ro /sys/fs/bpf
	same 'tcp any:7' "$(root -j bindings | jq -r '.[].endpoint')"
	for words in flush "bind tcp any:8 drop" "attach eth0"; do
		# shellcheck disable=SC2086 # several words
		says 1 "/sys/fs/bpf is mounted read-only; as root: mount -o remount,rw /sys/fs/bpf" \
			root $words
	done
	inside mount -o remount,rw /sys/fs/bpf
	root flush
}

@test "no BPF file system where one would vanish with the command: refused, no fallback" {
	root -q bind tcp any:7 drop
	inside mount -t tmpfs none /sys/fs/bpf
	for words in bindings "attach eth0" "bind tcp any:7 drop" "-n $HOST bindings"; do
		# shellcheck disable=SC2086 # several words
		says 1 "no BPF file system at /sys/fs/bpf in this mount namespace, and one mounted here would vanish with it ('ip netns exec' makes such a namespace); run it from outside instead: portsteer -n $HOST ..." \
			inside ip netns exec "$HOST" "$PORTSTEER" $words
		same '' "$(inside ls /sys/fs/bpf)"
	done
	# shellcheck disable=SC2016 # for the inner shell
	says 1 "no BPF file system at /sys/fs/bpf, and whether this mount namespace lasts is not known; where it does: mount -t bpf bpf /sys/fs/bpf: No such file" \
		inside unshare --mount sh -c 'mount -t tmpfs none /proc; exec "$0" bindings' "$PORTSTEER"
	same '' "$(inside ls /sys/fs/bpf)"
	# shellcheck disable=SC2016 # for the inner shell
	says 1 "cannot look at /sys/fs/bpf: No such file" \
		inside unshare --mount sh -c 'mount -t tmpfs none /sys; exec "$0" bindings' "$PORTSTEER"
	inside umount /sys/fs/bpf
	same 'tcp any:7' "$(root -j bindings | jq -r '.[].endpoint')"
}

@test "no BPF file system elsewhere: it is mounted, and a note says so, once" {
	inside mount -t tmpfs none /sys/fs/bpf
	says 0 "note: mounted a BPF file system at /sys/fs/bpf" root bind tcp any:7 drop
	same bpf_fs "$(inside stat -f -c %T /sys/fs/bpf)"
	same 1700 "$(inside stat -c %a /sys/fs/bpf)"
	same '' "$(root unbind tcp any:7 2>&1)"
	inside umount /sys/fs/bpf
	same '' "$(root -q bindings 2>&1)"
	same bpf_fs "$(inside stat -f -c %T /sys/fs/bpf)"
}

@test "no BPF file system, and no right to mount it: the command that does" {
	# its first process is in this mount namespace: what is mounted there stays
	# shellcheck disable=SC2016 # for the inner shell
	says 1 "no BPF file system at /sys/fs/bpf, and it cannot be mounted; as root: mount -t bpf bpf /sys/fs/bpf: Operation not permitted" \
		inside unshare --mount --pid --fork --mount-proc --propagation private sh -c \
		'mount -t tmpfs none /sys/fs/bpf
		setpriv --inh-caps=-sys_admin --bounding-set=-sys_admin -- "$0" bindings; exit $?' \
		"$PORTSTEER"
}

@test "inside a network namespace without -n: the words that would have worked" {
	says 1 "this is the network namespace '$HOST'; from outside or inside, use: portsteer -n $HOST ..." \
		inside "$PORTSTEER" bind tcp any:7 drop
	is_empty
}

@test "a service with port 0, and a range of ports that is none: said, not taken" {
	printf 'nothing\t0/tcp\n' >"$TOOL/services"
	inside mount --bind "$TOOL/services" /etc/services
	says 2 "/etc/services has port 0 for 'nothing', which is not a valid port" \
		root bind tcp any:nothing drop
	is_empty
	echo 'all of them' >"$TOOL/range"
	inside mount --bind "$TOOL/range" /proc/sys/net/ipv4/ip_local_port_range
	says 0 "unchecked: the ports of outgoing connections are not known: /proc/sys/net/ipv4/ip_local_port_range: not understood: 'all of them" \
		root bind tcp any:7 drop
	root flush
}

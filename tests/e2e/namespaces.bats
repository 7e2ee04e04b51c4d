#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Whose an instance is: `default` is of the first network namespace, every other
# one has its own, by whatever words it is meant. In a mount namespace with a
# BPF file system and a /run/netns of its own.

load lib/net
load lib/namespaces

setup() {
	namespaces_setup
}

teardown() {
	net_teardown
}

@test "in a namespace without a name, nothing is done with the machine's instance" {
	make_box
	machine -q bind tcp any:7 drop
	for words in "attach lo mode generic" "bind tcp any:8 drop" "unbind tcp any:7" flush \
		"detach all" bindings status conflicts "guard on"; do
		# shellcheck disable=SC2086 # several words
		says 1 "instance 'default' belongs to the first network namespace, and this is another; use: portsteer -n /proc/$BOX/ns/net ..." \
			boxed $words
	done
	same default "$(instances)"
	same 'tcp any:7' "$(machine -j bindings | jq -r '.[].endpoint')"
	machine flush
}

@test "the words that are said work, inside and outside" {
	local words

	make_box
	words=$(boxed bind tcp any:8 drop 2>&1 | sed -n 's/.*use: portsteer \(.*\) \.\.\.$/\1/p')
	# shellcheck disable=SC2086 # several words
	boxed -q $words bind tcp any:8 drop
	# shellcheck disable=SC2086
	same 'tcp any:8' "$(machine $words -j bindings | jq -r '.[].endpoint')"
	[[ $(instances) == cookie-* ]]
	# shellcheck disable=SC2086
	machine $words flush
}

@test "one namespace has one instance, by name, path, process and the instance's own name" {
	local name

	make_box
	machine -q -n "$BOX" bind tcp any:8 drop
	name=$(instances)
	[[ $name =~ ^cookie-[0-9]+$ ]]
	inside ip netns attach "$NET" "$BOX"
	for word in "$BOX" "/proc/$BOX/ns/net" "$NET" "/run/netns/$NET" "$name"; do
		same 'tcp any:8' "$(machine -n "$word" -j bindings | jq -r '.[].endpoint')"
		machine -q -n "$word" bind tcp any:9 drop
		machine -n "$word" unbind tcp any:9
		same "$name" "$(machine -n "$word" -j status | jq -r '.[].instance')"
	done
	same "$name" "$(instances)"
	machine -n "$NET" flush
}

@test "a namespace with a name: the instance is called so, and another name finds it" {
	inside ip netns add "$NET"
	machine -q -n "/run/netns/$NET" bind tcp any:8 drop
	same "$NET" "$(instances)"
	inside touch "/run/netns/$NET-2"
	inside mount --bind "/run/netns/$NET" "/run/netns/$NET-2"
	machine -q -n "$NET-2" bind tcp any:9 drop
	same 2 "$(machine -j -n "$NET" bindings | jq length)"
	same "$NET" "$(instances)"
	machine -n "$NET-2" flush
	inside umount "/run/netns/$NET-2"
	inside ip netns delete "$NET"
}

@test "the first namespace is that of 'default' by every word, also when it has a name" {
	machine -q bind tcp any:7 drop
	inside touch "/run/netns/$NET"
	inside mount --bind /proc/self/ns/net "/run/netns/$NET"
	for word in "$NET" /proc/self/ns/net "$KEEPER"; do
		same 'tcp any:7' "$(machine -n "$word" -j bindings | jq -r '.[].endpoint')"
	done
	machine -q bind tcp any:8 drop
	same default "$(instances)"
	machine flush
	inside umount "/run/netns/$NET"
}

@test "containers with processes of their own, and without /proc/1: the namespace decides" {
	# shellcheck disable=SC2016 # for the inner shell
	inside unshare --pid --fork --mount-proc sh -ec '"$0" -q bind tcp any:7 drop' "$PORTSTEER"
	same default "$(instances)"
	# shellcheck disable=SC2016
	says 1 "instance 'default' belongs to the first network namespace, and this is another" \
		inside unshare --net --pid --fork --mount-proc sh -c '"$0" bindings; exit $?' "$PORTSTEER"
	# shellcheck disable=SC2016
	inside unshare --mount sh -ec 'mount -t tmpfs none /proc
		"$0" -q bind tcp any:8 drop' "$PORTSTEER"
	# shellcheck disable=SC2016
	says 1 "instance 'default' belongs to the first network namespace, and this is another; use: portsteer -n /proc/self/ns/net ..." \
		inside unshare --net --mount sh -c 'mount -t tmpfs none /proc
			"$0" bindings; exit $?' "$PORTSTEER"
	# shellcheck disable=SC2016
	says 1 "instance 'default' belongs to the first network namespace, and this is another" \
		inside unshare --net --mount sh -c 'mount -t tmpfs none /proc/1
			"$0" bindings; exit $?' "$PORTSTEER"
	same default "$(instances)"
	same 2 "$(machine -j bindings | jq length)"
	machine flush
}

@test "a namespace that is gone: status says so, reading works, what is left is removed" {
	local name

	make_box
	machine -q -n "$BOX" bind tcp any:8 drop
	machine -q -n "$BOX" attach lo mode generic
	name=$(instances)
	same present "$(fate "$name")"
	end_box
	net_wait 20 is_gone "$name"
	says 4 "$name        1        2 gone; portsteer -n $name flush && portsteer -n $name detach all" \
		machine status
	same 'tcp any:8' "$(machine -n "$name" -j bindings 2>/dev/null | jq -r '.[].endpoint')"
	says 0 "instance $name, 1 of 16000000 bindings" machine -n "$name" status
	says 4 "the network namespace of instance '$name' is gone" \
		machine -n "$name" bind tcp any:9 drop
	says 1 "the network namespace of instance '$name' is gone, or has another name now; to remove what is left: portsteer -n $name flush && portsteer -n $name detach all" \
		machine -n "$name" guard on
	machine -n "$name" flush
	machine -n "$name" detach all
	same '' "$(instances)"
}

is_gone() {
	[ "$(fate "$1")" = gone ]
}

@test "a name taken by another namespace: its instance is shown, never judged, and removed" {
	inside ip netns add "$NET"
	machine -q -n "$NET" bind tcp any:8 drop
	inside ip netns delete "$NET"
	inside ip netns add "$NET"
	says 0 "note: instance '$NET' was made in an earlier network namespace of that name; remove it first: portsteer -n $NET flush && portsteer -n $NET detach all" \
		machine -n "$NET" bindings
	for words in conflicts "bind tcp any:9 drop" "unbind tcp any:8"; do
		# shellcheck disable=SC2086 # several words
		says 1 "instance '$NET' was made in an earlier network namespace of that name" \
			machine -n "$NET" $words
	done
	net_wait 20 is_replaced
	says 0 "note: instance '$NET' was made in another network namespace" machine -n "$NET" flush
	same '' "$(instances)"
	inside ip netns delete "$NET"
}

is_replaced() {
	[ "$(fate "$NET")" = replaced ]
}

@test "a name taken by another, while its namespace lives on: that is not removed by mistake" {
	inside ip netns add "$NET"
	machine -q -n "$NET" bind tcp any:8 drop
	inside touch /run/held
	inside mount --bind "/run/netns/$NET" /run/held
	inside ip netns delete "$NET"
	inside ip netns add "$NET"
	same present "$(fate "$NET")"
	for words in flush "detach all" conflicts "bind tcp any:9 drop"; do
		# shellcheck disable=SC2086 # several words
		says 1 "instance '$NET' belongs to the network namespace /run/held, which had that name before; use: portsteer -n /run/held ..." \
			machine -n "$NET" $words
	done
	machine -n /run/held flush
	same '' "$(instances)"
	inside ip netns delete "$NET"
}

# Makes 'default' that of a box, as earlier versions did.
steal_default() {
	make_box
	machine -q -n "$BOX" attach lo mode generic
	inside mv "$PINS/$(instances)" "$PINS/default"
}

@test "'default' of a stray namespace: the machine is told how to remove it, and can" {
	steal_default
	says 1 "instance 'default' was made in another network namespace, by an earlier portsteer; remove it first: portsteer flush && portsteer detach all" \
		machine bind tcp any:9 drop
	says 1 "instance 'default' was made in another network namespace" machine conflicts
	says 0 "note: instance 'default' was made in another network namespace" machine status
	says 0 "note: instance 'default' is of the network namespace /proc/$BOX/ns/net" machine flush
	machine -q detach all
	same '' "$(instances)"
	same '' "$(nsenter --net="/proc/$BOX/ns/net" ip link show lo | grep xdp || [ $? = 1 ])"
	machine -q bind tcp any:9 drop
	machine flush
}

@test "'default' of a stray namespace that is gone; or removed from there" {
	steal_default
	end_box
	machine flush
	machine -q detach all
	same '' "$(instances)"
	steal_default
	says 1 "instance 'default' belongs to the first network namespace, and this is another" boxed bind tcp any:9 drop
	boxed detach all
	same '' "$(instances)"
}

@test "whoever may not enter a namespace reads its table, and does not change it" {
	local weak=(inside setpriv --inh-caps=-sys_admin --bounding-set=-sys_admin --)

	inside ip netns add "$NET"
	machine -q -n "$NET" bind tcp any:8 drop
	same 'tcp any:8' "$("${weak[@]}" "$PORTSTEER" -n "$NET" -j bindings | jq -r '.[].endpoint')"
	says 0 "instance $NET, 1 of 16000000 bindings" "${weak[@]}" "$PORTSTEER" -n "$NET" status
	says 1 "instance '$NET' is changed from within its network namespace, which this process may not enter" \
		"${weak[@]}" "$PORTSTEER" -n "$NET" guard on
	says 1 "cannot enter network namespace '$NET' (needs CAP_SYS_ADMIN)" \
		"${weak[@]}" "$PORTSTEER" -n "$NET" conflicts
	machine -n "$NET" flush
	inside ip netns delete "$NET"
}

@test "an instance without a namespace on record is not changed, and can be removed" {
	inside ip netns add "$NET"
	machine -q -n "$NET" bind tcp any:8 drop
	forget_cookie "$NET"
	for words in "bind tcp any:9 drop" "guard on" conflicts; do
		# shellcheck disable=SC2086 # several words
		says 1 "instance '$NET' has no network namespace on record: it was made by an earlier portsteer, which could not tell it; remove it first: portsteer -n $NET flush && portsteer -n $NET detach all" \
			machine -n "$NET" $words
	done
	same unknown "$(fate "$NET")"
	machine -n "$NET" flush
	same '' "$(instances)"
	inside ip netns delete "$NET"
}

# NAME: writes 0 for the cookie in meta, as earlier versions did when they did not know it.
forget_cookie() {
	local pin=$PINS/$1/meta value

	value=$(inside bpftool -j map lookup pinned "$pin" key 0 0 0 0 | jq -r '.value | join(" ")')
	# shellcheck disable=SC2086 # several words
	set -- $value
	inside bpftool map update pinned "$pin" key 0 0 0 0 value \
		"${@:1:32}" 0 0 0 0 0 0 0 0 "${@:41}"
}

@test "what is no network namespace, and why" {
	inside touch "/run/netns/$NET"
	says 4 "'$NET' is not a network namespace: no such file of the kernel is mounted there, or not yet" \
		machine -n "$NET" bind tcp any:8 drop
	says 1 "'/proc/self/ns/mnt' is a namespace, but not one of the network" \
		machine -n /proc/self/ns/mnt bind tcp any:8 drop
	says 4 "there is no network namespace at /proc/self/nowhere" machine -n /proc/self/nowhere status
	says 4 "there is no network namespace '4194305' in /run/netns, and no process with that number" \
		machine -n 4194305 status
	says 4 "the network namespace of instance 'cookie-9999999999' is gone" \
		machine -n cookie-9999999999 status
	same '' "$(instances)"
}

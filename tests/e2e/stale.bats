#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Interfaces that went, came again, moved or changed their name below what is
# attached; pins that were removed or replaced. `status` and `conflicts` say it
# with the command that repairs it, and that command repairs it.

load lib/net
load lib/foreign

setup() {
	net_setup
	foreign_setup
	net_web "$HOST" host 80
}

teardown() {
	foreign_teardown
	net_teardown
}

is_silent() {
	run net_get http://192.0.2.2/
	[ "$status" -eq 28 ]
}

# A new pair in the place of the old one. Arguments go to the host's end.
renew_eth0() {
	net_link "$CLIENT" eth0 02:00:00:00:00:01 "$HOST" eth0 02:00:00:00:00:02 1500
	net_address "$CLIENT" eth0 192.0.2.1/24 2001:db8:1::1/64
	net_address "$HOST" eth0 192.0.2.2/24 2001:db8:1::2/64
}

# How the programs of the host are: "eth0 xdp attached" and so on, sorted.
states() {
	steer -j status | jq -r '[.[].interfaces[] | "\(.interface) \(.hook) \(.state)"] |
		sort | join(", ")'
}

ATTACHED="eth0 tc-egress attached, eth0 xdp attached"

# DETAIL COMMAND: both status and conflicts say so.
is_stale() {
	says 0 "stale: $1; portsteer -n $HOST $2" steer status
	same "warning $1; fix it: portsteer -n $HOST $2" "$(steer -j conflicts |
		jq -r '.[] | select(.kind == "stale") | "\(.severity) \(.message)"' |
		sed "s/'eth[0-9]': //" | head -n 1)"
	same "portsteer -n $HOST $2" \
		"$(steer -j status | jq -r '[.[].interfaces[].fix | select(. != "")][0]')"
}

@test "deleted: detach by the old name frees it" {
	steer attach eth0
	ip -n "$HOST" link delete eth0
	is_stale "the interface is gone" "detach eth0"
	says 0 "stale: 'eth0': the interface is gone" steer bind tcp any:80 drop
	says 0 "no program is attached" steer bind tcp any:81 drop
	says 0 "" steer detach eth0
	says 4 "'eth0' is not attached" steer detach eth0
	says 0 "nothing is attached" steer status
}

@test "deleted and made anew under the same name: attach repairs it" {
	steer attach eth0
	steer -q bind tcp any:80 drop
	ip -n "$HOST" link delete eth0
	renew_eth0
	is_stale "the interface was recreated, and nothing is attached to the new one" "attach eth0"
	same host "$(net_get http://192.0.2.2/)"
	steer attach eth0
	same "$ATTACHED" "$(states)"
	same 2 "$(find "$PINS/$HOST/links" -type f | wc -l)"
	is_silent
}

@test "made anew with the same name and index: not taken for the old one" {
	steer attach eth0 hook tc
	steer -q bind tcp any:80 drop
	index=$(net_in "$HOST" cat /sys/class/net/eth0/ifindex)
	ip -n "$HOST" link delete eth0
	ip -n "$HOST" link add eth0 index "$index" type veth peer name eth9 index 99
	detail="the interface was recreated, and nothing is attached to the new one"
	if [ "$(net_tc_mode)" = clsact ]; then # without a link, only the empty hook can be seen
		detail="the program was taken off the interface"
	fi
	is_stale "$detail" "attach eth0 hook tc"
	steer attach eth0 hook tc
	same "eth0 tc-egress attached, eth0 tc-ingress attached" "$(states)"
}

@test "the index has another interface now: not taken for ours" {
	steer attach eth0
	index=$(net_in "$HOST" cat /sys/class/net/eth0/ifindex)
	ip -n "$HOST" link delete eth0
	ip -n "$HOST" link add other index "$index" type veth peer name eth9 index 99
	is_stale "the interface is gone" "detach eth0"
	steer attach other # a stranger's index is no attachment
	same "eth0 tc-egress stale, eth0 xdp stale, other tc-egress attached, other xdp attached" \
		"$(states)"
	steer detach eth0
	same "other tc-egress attached, other xdp attached" "$(states)"
}

@test "renamed: goes on steering; attach takes the new name over without a gap" {
	steer attach eth0
	steer -q bind tcp any:80 drop
	id=$(steer -j status | jq '.[].interfaces[0].program_id')
	ip -n "$HOST" link set eth0 down
	ip -n "$HOST" link set eth0 name front.1
	ip -n "$HOST" link set front.1 up
	is_silent
	is_stale "the interface was renamed, and is still attached" "attach front.1"
	says 0 "'front.1' is already attached that way" steer attach front.1
	same "front.1 tc-egress attached, front.1 xdp attached" "$(states)"
	same "$id" "$(steer -j status | jq '.[].interfaces[0].program_id')"
	same "tc-egress-front%2e1 xdp-front%2e1" "$(cd "$PINS/$HOST/links" && echo *)"
	is_silent
	steer detach front.1
	same host "$(net_get http://192.0.2.2/)"
}

@test "renamed: detach by the old name, or by the new one" {
	for name in eth0 front; do
		steer attach eth0
		ip -n "$HOST" link set eth0 down
		ip -n "$HOST" link set eth0 name front
		steer detach "$name"
		same '' "$(ip -n "$HOST" -d link show front | grep prog/xdp)"
		ip -n "$HOST" link set front name eth0
	done
}

@test "renamed, and another interface took the name: both are attached, each by its name" {
	steer attach eth0
	ip -n "$HOST" link set eth0 down
	ip -n "$HOST" link set eth0 name front
	ip -n "$HOST" link add eth0 type veth peer name eth9
	steer attach eth0
	same "$ATTACHED, front tc-egress attached, front xdp attached" "$(states)"
}

@test "a rename of pins that was cut short is completed" {
	steer attach eth0
	ip -n "$HOST" link set eth0 down
	ip -n "$HOST" link set eth0 name front
	mv "$PINS/$HOST/links/xdp-eth0" "$PINS/$HOST/links/xdp-front"
	says 0 "'front' is already attached that way" steer attach front
	same "front tc-egress attached, front xdp attached" "$(states)"
	same "tc-egress-front xdp-front" "$(cd "$PINS/$HOST/links" && echo *)"
}

@test "moved to another namespace: still steering there, until detached here" {
	steer attach eth0
	steer -q bind tcp any:80 drop
	ip -n "$HOST" link set eth0 netns "$BACKEND" name moved
	is_stale "the interface is in another network namespace, and still attached" "detach eth0"
	ip -n "$BACKEND" -d link show moved | grep -q prog/xdp
	steer detach eth0
	same '' "$(ip -n "$BACKEND" -d link show moved | grep prog/xdp)"
}

@test "moved, and another interface has its name and index: that one is free" {
	steer attach eth0
	index=$(net_in "$HOST" cat /sys/class/net/eth0/ifindex)
	ip -n "$HOST" link set eth0 netns "$BACKEND" name moved
	ip -n "$HOST" link add eth0 index "$index" type veth peer name eth9 index 99
	is_stale "the interface is in another network namespace, and still attached" "detach eth0"
	steer attach eth0
	same "$ATTACHED" "$(states)"
	same '' "$(ip -n "$BACKEND" -d link show moved | grep prog/xdp)"
}

@test "a high index" {
	ip -n "$HOST" link add eth2 index 1234567 type veth peer name eth3
	steer attach eth2
	same 1234567 "$(steer -j status | jq '.[].interfaces[0].ifindex')"
	same "eth2 tc-egress attached, eth2 xdp attached" "$(states)"
	steer detach eth2
}

@test "a pin removed by hand: said, and repaired" {
	steer attach eth0
	rm "$PINS/$HOST/links/xdp-eth0"
	is_stale "its pin was removed, and the program with it" "attach eth0"
	steer attach eth0
	same "$ATTACHED" "$(states)"
}

@test "something else pinned in our place: left alone, detach works" {
	foreign_program others xdp 2
	steer attach eth0
	rm "$PINS/$HOST/links/xdp-eth0"
	bpftool prog load "$BATS_TEST_TMPDIR/others.o" "$PINS/$HOST/links/xdp-eth0"
	id=$(bpftool -j prog show pinned "$PINS/$HOST/links/xdp-eth0" | jq .id)
	is_stale "something else is pinned in its place" "attach eth0"
	says 3 "$PINS/$HOST/links/xdp-eth0 is in the way, and not portsteer's: move it away first" \
		steer attach eth0
	says 0 "$PINS/$HOST/links/xdp-eth0 is not portsteer's" steer detach eth0
	same "$id" "$(bpftool -j prog show pinned "$PINS/$HOST/links/xdp-eth0" | jq .id)"
	rm "$PINS/$HOST/links/xdp-eth0"
	steer attach eth0
	steer detach eth0
	[ ! -e "$PINS/$HOST" ]
}

@test "slots of interfaces that are gone are used again when there are no others" {
	ip -n "$HOST" link add eth2 type veth peer name eth3
	steer attach eth2
	value=$(bpftool -j map lookup pinned "$PINS/$HOST/hooks" key 0 0 0 0 |
		jq -r '.value | join(" ")')
	for slot in $(seq 2 255); do
		echo "map update pinned $PINS/$HOST/hooks key $slot 0 0 0 value $value"
	done >"$BATS_TEST_TMPDIR/batch"
	bpftool batch file "$BATS_TEST_TMPDIR/batch" >/dev/null
	says 1 "all 256 hook slots are in use" steer attach eth0
	ip -n "$HOST" link delete eth2
	steer attach eth0
	same 2 "$(steer -j status | jq '[.[].interfaces[] | select(.interface == "eth0")] | length')"
	steer detach all
	[ ! -e "$PINS/$HOST" ]
}

# No process is in the namespace that the instance is of.
is_anothers() {
	steer bind tcp any:8 drop 2>&1 | grep -q "was made in an earlier network namespace"
}

@test "a network namespace made anew under an old name: its instance is another's" {
	steer -q bind tcp any:7 drop
	ip netns delete "$HOST"
	ip netns add "$HOST"
	says 1 "instance '$HOST' is of the network namespace /proc/" steer flush # the server is in it
	kill -KILL "${NET_PIDS[@]}"
	net_wait 20 is_anothers
	says 1 "instance '$HOST' was made in an earlier network namespace of that name; remove it first: portsteer -n $HOST flush && portsteer -n $HOST detach all" \
		steer bind tcp any:8 drop
	steer flush
	[ ! -e "$PINS/$HOST" ]
	steer -q bind tcp any:8 drop
}

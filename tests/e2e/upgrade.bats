#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Programs of another build are exchanged under packets: each packet is judged
# once, by the old program or the new one, and no counter goes back. The other
# build is the same source by another compiler: build/second/portsteer.

load lib/net
load lib/flood
load lib/foreign

setup() {
	unset PORTSTEER_FLOWS # where they have no room, a command makes some, and exchanges programs
	net_setup
	foreign_setup
	SECOND=$(dirname "$PORTSTEER")/second/portsteer
	if [ ! -x "$SECOND" ]; then
		skip "needs a second compiler"
	fi
}

teardown() {
	foreign_teardown
	net_teardown
}

second() {
	"$SECOND" -n "$HOST" "$@"
}

# HOOK: id, tag and other_build of its program, as the first build sees it.
program() {
	steer -j status | jq -r --arg hook "$1" '.[].interfaces[] | select(.hook == $hook) |
		"\(.program_id) \(.tag) \(.other_build)"'
}

# WORDS...: exchanges the programs of eth0, to and fro.
swap_often() {
	local turns

	turns=$(net_often 5 2)
	for ((turn = 0; turn < turns; turn++)); do
		says 0 "'eth0': its programs were replaced by those of this build; counters continue" \
			second attach eth0 "$@"
		says 0 "'eth0': its programs were replaced by those of this build; counters continue" \
			steer attach eth0 "$@"
	done
}

@test "XDP, both directions, at full rate: every frame judged once, as bound" {
	flood_silence
	net_in "$HOST" ethtool -K eth0 gro on # takes frames without a program, too
	steer attach eth0
	steer -q bind tcp 192.0.2.2:23 drop
	before=$(flood_received) judged=$(flood_judged xdp)
	flood_start
	sleep 0.3
	swap_often
	flood_stop
	frames=$(($(flood_received) - before))
	echo "$frames frames under $((2 * turn)) exchanges" >&2
	[ "$frames" -gt "$(net_often 100000 10000)" ]
	same "$frames" "$(($(flood_judged xdp) - judged))"
	same "$frames" "$(reason xdp drop)"
	same "$frames" "$(binding 'tcp 192.0.2.2:23' rx_packets)"
}

@test "TC ingress, both directions, at full rate" {
	flood_silence
	foreign_program others xdp 2
	net_in "$HOST" bpftool net attach xdpdrv pinned "$FOREIGN/others" dev eth0
	steer -q attach eth0 hook tc
	steer -q bind tcp 192.0.2.2:23 drop
	before=$(flood_received)
	flood_start
	sleep 0.3
	swap_often hook tc
	flood_stop
	frames=$(($(flood_received) - before))
	echo "$frames frames under $((2 * turn)) exchanges" >&2
	[ "$frames" -gt "$(net_often 50000 5000)" ]
	same "$frames" "$(flood_judged tc-ingress)"
	same "$frames" "$(reason tc-ingress drop)"
	same "$frames" "$(binding 'tcp 192.0.2.2:23' rx_packets)"
}

@test "TC egress: every packet sent is counted once" {
	flood_silence
	net_web "$HOST" host 80
	steer attach eth0
	steer -q bind tcp any:80 count
	ip -n "$HOST" -s -j link show dev eth0 >"$BATS_TEST_TMPDIR/before"
	judged=$(flood_judged tc-egress)
	# shellcheck disable=SC2153 # of net_setup
	net_start "$CLIENT" bash -c "for i in {1..$(net_often 4000 1000)}; do echo url=http://192.0.2.2/; done |
		curl -s -Z --parallel-max 20 -o /dev/null -K -"
	client=$!
	swap_often
	wait "$client"
	sleep 0.3
	sent=$(($(ip -n "$HOST" -s -j link show dev eth0 | jq '.[0].stats64.tx.packets') -
		$(jq '.[0].stats64.tx.packets' "$BATS_TEST_TMPDIR/before")))
	echo "$sent packets under $((2 * turn)) exchanges" >&2
	[ "$sent" -gt "$(net_often 5000 1250)" ]
	same "$sent" "$(($(flood_judged tc-egress) - judged))"
}

@test "status and changes say when programs are from another build; nothing is refused" {
	steer attach eth0
	steer -q bind tcp any:23 drop name a
	read -r id tag other < <(program xdp)
	same false "$other"
	says 0 "attached, by another build; 'portsteer -n $HOST attach eth0' upgrades it" second status
	same true "$(second -j status | jq '.[].interfaces[0].other_build')"
	for change in 'bind tcp any:24 drop' 'unbind tcp any:24' refresh; do
		# shellcheck disable=SC2086 # words
		says 0 "note: the programs on 'eth0' are from another build of portsteer; upgrade them: portsteer -n $HOST attach eth0" \
			second $change
	done
	same "$id $tag false" "$(program xdp)"
	second attach eth0
	read -r new_id new_tag other < <(program xdp)
	[ "$new_id" -ne "$id" ]
	[ "$new_tag" != "$tag" ]
	same true "$other"
	same "tcp any:23" "$(second -j bindings | jq -r '.[].endpoint')"
	same "$new_id" "$(bpftool -j link show pinned "$PINS/$HOST/links/xdp-eth0" | jq .prog_id)"
	second detach eth0
	second unbind name a
	[ ! -e "$PINS/$HOST" ]
}

@test "an exchange that was cut short is said, and completed without a gap" {
	steer attach eth0
	second attach eth0
	mapfile -t slot < <(bpftool -j map lookup pinned "$PINS/$HOST/hooks" key 0 0 0 0 |
		jq -r '.value[]')
	steer attach eth0 # the link has a new program; the slot is put back
	bpftool map update pinned "$PINS/$HOST/hooks" key 0 0 0 0 value "${slot[@]}"
	says 0 "stale: another program was put in its place; portsteer -n $HOST attach eth0" \
		steer status
	says 0 "'eth0': its programs were replaced by those of this build" steer attach eth0
	same "attached attached" "$(steer -j status | jq -r '[.[].interfaces[].state] | join(" ")')"
}

# OFFSET BYTE: puts BYTE into the slot of eth0's XDP program.
patch_slot() {
	local value

	mapfile -t value < <(bpftool -j map lookup pinned "$PINS/$HOST/hooks" key 0 0 0 0 |
		jq -r '.value[]')
	value[$1]=$2
	bpftool map update pinned "$PINS/$HOST/hooks" key 0 0 0 0 value "${value[@]}"
}

@test "an action that the attached program does not know is refused, with the cure" {
	steer attach eth0
	patch_slot 52 0x02 # last_action: it knows no drop
	steer -q bind tcp any:1 count
	says 3 "the program on 'eth0' is from an older build that does not know 'drop'; upgrade it: portsteer -n $HOST attach eth0" \
		steer bind tcp any:2 drop
	same 'tcp any:1' "$(steer -j bindings | jq -r '.[].endpoint')"
	patch_slot 52 0x04
	steer -q bind tcp any:2 drop
	patch_slot 54 0x00 # known_flags: none
	says 3 "the program on 'eth0' is from an older build that does not know 'on-missing pass'; upgrade it: portsteer -n $HOST attach eth0" \
		steer bind tcp any:3 redirect eth1 on-missing pass
	same 2 "$(steer -j bindings | jq length)"
}

@test "a build that does not know a bound action does not take over" {
	steer attach eth0
	steer -q bind tcp any:1 drop
	mapfile -t key < <(bpftool -j map dump pinned "$PINS/$HOST/bindings" | jq -r '.[0].key[]')
	mapfile -t value < <(bpftool -j map dump pinned "$PINS/$HOST/bindings" |
		jq -r '.[0].value[]')
	read -r id tag _ < <(program xdp)
	value[0]=0x0c value[4]=0x0c # an action of the future
	bpftool map update pinned "$PINS/$HOST/bindings" key "${key[@]}" value "${value[@]}"
	for device in eth0 eth1; do # eth1 has no program yet
		says 3 "'tcp any:1' is bound to action number 12, which programs of this build of portsteer do not know; attach with the build that bound it, or unbind it with that" \
			second attach "$device"
	done
	value[0]=0x03 value[4]=0x03 value[1]=0x02 value[5]=0x02 # a condition of the future
	bpftool map update pinned "$PINS/$HOST/bindings" key "${key[@]}" value "${value[@]}"
	says 3 "'tcp any:1' has conditions (flags 0x02) that programs of this build of portsteer do not know; attach with the build that bound it, or unbind it with that" \
		second attach eth1
	same "$id $tag false" "$(program xdp)"
	same eth0 "$(steer -j status | jq -r '[.[].interfaces[].interface] | unique | join(" ")')"
}

@test "what an older program does not know is no matter once its interface is gone" {
	ip -n "$HOST" link add veth-old type veth peer name veth-peer
	steer attach veth-old
	patch_slot 52 0x02
	patch_slot 12 0xff # another build
	says 3 "upgrade it: portsteer -n $HOST attach veth-old" steer bind tcp any:2 drop
	ip -n "$HOST" link delete veth-old
	run --separate-stderr steer bind tcp any:2 drop
	same 0 "$status"
	# shellcheck disable=SC2154 # set by run
	[[ $stderr != *upgrade* ]]
	same 'tcp any:2' "$(steer -j bindings | jq -r '.[].endpoint')"
}

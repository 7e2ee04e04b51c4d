#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Programs of others on the hooks: named, reported in their order, never
# touched.

load lib/net
load lib/foreign

setup() {
	net_setup
	foreign_setup
}

teardown() {
	foreign_teardown
	net_teardown
}

# The program on the XDP hook of eth0.
on_xdp() {
	ip -n "$HOST" -j -d link show eth0 | jq '.[0].xdp.prog.id // 0'
}

# Kind, severity and other party of what `conflicts` says of hooks.
on_hooks() {
	steer -j conflicts | jq -r '.[] | select(.interface == "eth0") |
		"\(.kind) \(.severity) \(.with)"'
}

# The order of programs that `status` shows for what arrives at eth0.
in_order() {
	steer -j status | jq -r '[.[].interfaces[] | select(.hook != "tc-egress") |
		.programs[].name] | join(" ")'
}

@test "XDP by netlink: refused with its id, tag and owner; whatever the words" {
	foreign_program others xdp 2
	net_in "$HOST" bpftool net attach xdpdrv pinned "$FOREIGN/others" dev eth0
	id=$(foreign_id others)
	tag=$(bpftool -j prog show pinned "$FOREIGN/others" | jq -r .tag)
	for words in '' 'mode generic' shared 'mode generic shared'; do
		# shellcheck disable=SC2086 # words
		says 3 "program 'others' (id $id, tag $tag, loaded by uid 0), attached by netlink" \
			steer attach eth0 $words
		[[ $output == *"'hook tc' works beside it"* ]]
	done
	says 4 "" steer detach all
	same "$id" "$(on_xdp)"
	[ ! -e "$PINS/$HOST" ]
}

@test "XDP by bpf_link, native and generic: refused and named so" {
	foreign_program others xdp 2
	foreign_link others eth0 xdp
	says 3 "program 'others' (id $(foreign_id others), " steer attach eth0
	says 3 "attached by bpf_link, is on the XDP hook of 'eth0'" steer attach eth0
	says 3 "attached by bpf_link, is on the XDP hook of 'eth0'" steer attach eth0 mode generic
	same "$(foreign_id others)" "$(on_xdp)"
}

@test "an XDP program in front of TC: reported, stays when we go" {
	foreign_program others xdp 2
	net_in "$HOST" bpftool net attach xdpdrv pinned "$FOREIGN/others" dev eth0
	steer attach eth0 hook tc
	same "foreign warning others $(foreign_id others)" "$(on_hooks)"
	same "others portsteer_in" "$(in_order)"
	says 0 "foreign: 'eth0', xdp: program 'others'" steer bind tcp any:80 count
	says 0 "attached by netlink, runs before portsteer's" steer bind tcp any:81 count
	says 0 "" steer bind --strict tcp any:82 count
	steer flush
	steer detach all
	same "$(foreign_id others)" "$(on_xdp)"
}

@test "TCX: who runs before ours and may stop packets, who runs behind" {
	if ! foreign_program before tc 0 || ! foreign_link before eth0 tcx-ingress; then
		skip "this kernel has no TCX"
	fi
	net_web "$HOST" host 80
	steer -q attach eth0 hook tc
	foreign_program behind tc -1
	foreign_link behind eth0 tcx-ingress
	same "before portsteer_in behind" "$(in_order)"
	same "foreign warning before $(foreign_id before)
foreign info behind $(foreign_id behind)" "$(on_hooks)"
	# TC_ACT_OK ends the chain: what the warning says is what happens.
	steer -q bind tcp any:80 drop
	same host "$(net_get http://192.0.2.2/)"
	same 0 "$(reason tc-ingress drop)"
	rm "$FOREIGN/before-link"
	run net_get http://192.0.2.2/
	[ "$status" -eq 28 ]
	same "foreign info behind $(foreign_id behind)" "$(on_hooks)"
	steer flush
	steer detach eth0
	same "$(foreign_id behind)" \
		"$(bpftool -j link show pinned "$FOREIGN/behind-link" | jq .prog_id)"
}

@test "clsact: filters behind ours, BPF and others, in their order; the qdisc stays" {
	foreign_program first tc -1
	foreign_program second tc -1
	net_in "$HOST" tc qdisc add dev eth0 clsact
	net_in "$HOST" tc filter add dev eth0 ingress prio 7 bpf da pinned "$FOREIGN/second"
	net_in "$HOST" tc filter add dev eth0 ingress prio 3 bpf da pinned "$FOREIGN/first"
	net_in "$HOST" tc filter add dev eth0 ingress prio 9 \
		protocol ip u32 match ip protocol 17 0xff classid 1:1
	before=$(net_in "$HOST" tc filter show dev eth0 ingress)
	steer attach eth0
	same "portsteer_xdp first second u32" "$(in_order)"
	same "foreign info first $(foreign_id first)
foreign info second $(foreign_id second)
foreign info u32" "$(on_hooks)"
	says 0 "filter             7" steer -v status
	steer detach eth0
	same "$before" "$(net_in "$HOST" tc filter show dev eth0 ingress)"
}

@test "what sends: programs at TC egress are reported, too" {
	foreign_program before tc -1
	foreign_link before eth0 tcx-egress || skip "this kernel has no TCX"
	steer -q attach eth0
	same "foreign warning before $(foreign_id before)" "$(on_hooks)"
	same "before portsteer_out" "$(steer -j status | jq -r '[.[].interfaces[] |
		select(.hook == "tc-egress") | .programs[].name] | join(" ")')"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Beside other XDP programs, through libxdp's dispatcher, where the kernel takes
# programs that extend others; where it does not, what is said.

load lib/net
load lib/foreign

setup() {
	net_setup
	foreign_setup
}

teardown() {
	if [ -n "${HOST:-}" ]; then # what libxdp pinned does not go with the namespace
		run net_in "$HOST" xdp-loader unload eth0 --all
	fi
	foreign_teardown
	net_teardown
}

REFUSED="this kernel refuses BPF programs that extend others (freplace), of which libxdp's dispatcher is made; 'attach' without 'shared' works on a free XDP hook, 'hook tc' beside any program"

# WORDS...: attaches eth0, shared, or skips the test.
attach_shared() {
	run steer attach eth0 shared "$@"
	if [[ $output == *"$REFUSED"* ]]; then
		skip "this kernel refuses programs that extend others (freplace)"
	fi
	if [ "$status" -ne 0 ]; then
		echo "$output" >&2
		return 1
	fi
}

# NAME: a program of others that passes, through the dispatcher.
load_foreign() {
	foreign_program "$1" xdp 2
	net_in "$HOST" xdp-loader load -m native eth0 "$BATS_TEST_TMPDIR/$1.o"
}

# Names of what packets meet at XDP on eth0, in order, as libxdp says.
in_dispatcher() {
	net_in "$HOST" xdp-loader status eth0 | awk '/=>/ { printf "%s%s", space, $3; space = " " }'
}

# The same as status says.
in_order() {
	steer -j status | jq -r '[.[].interfaces[] | select(.hook == "xdp") |
		.programs[] | select(.hook == "xdp").name] | join(" ")'
}

is_silent() {
	run net_get http://192.0.2.2/
	[ "$status" -eq 28 ]
}

@test "where the kernel takes no extensions: said, with what works, and nothing is attached" {
	run steer attach eth0 shared
	if [ "$status" -eq 0 ]; then
		skip "this kernel takes extensions"
	fi
	says 1 "$REFUSED" steer attach eth0 shared
	says 1 "$REFUSED" steer attach eth0 mode generic shared
	same 0 "$(ip -n "$HOST" -j -d link show eth0 | jq '.[0].xdp.prog.id // 0')"
	[ ! -e "$PINS/$HOST" ]
	steer attach eth0
	steer detach eth0
	steer attach eth0 hook tc
}

@test "alone in the dispatcher: it steers with the pinned maps, status names it" {
	net_web "$HOST" host 80
	attach_shared
	steer -q bind tcp any:80 drop
	is_silent
	[ "$(reason xdp drop)" -ge 1 ]
	same "portsteer_xdp" "$(in_dispatcher)"
	same "native true attached dispatcher 50" "$(steer -j status | jq -r '.[].interfaces[] |
		select(.hook == "xdp") |
		"\(.mode) \(.shared) \(.state) \(.programs[0].attached_by) \(.programs[0].priority)"')"
	says 0 "'eth0' is already attached that way" steer attach eth0 shared
	says 1 "'eth0' is attached at xdp (native, shared) already" steer attach eth0
	steer flush
	steer detach eth0
	same 0 "$(ip -n "$HOST" -j -d link show eth0 | jq '.[0].xdp.prog.id // 0')"
	[ ! -e "$PINS/$HOST" ]
}

@test "joining others: by priority, named in order, and only ours goes" {
	net_web "$HOST" host 80
	attach_shared # or skip
	steer detach eth0
	load_foreign others
	says 3 "; 'shared' joins them, 'hook tc' works beside them" steer attach eth0
	says 3 "libxdp's dispatcher is on the XDP hook of 'eth0' with program 'others' (id " \
		steer attach eth0
	attach_shared priority 60
	steer -q bind tcp any:80 drop
	is_silent
	same "others portsteer_xdp" "$(in_dispatcher)"
	same "others portsteer_xdp" "$(in_order)"
	same "foreign warning" "$(steer -j conflicts |
		jq -r '.[] | select(.interface == "eth0") | "\(.kind) \(.severity)"')"
	steer detach eth0
	same "others" "$(in_dispatcher)"
	attach_shared priority 40
	same "portsteer_xdp others" "$(in_dispatcher)"
	is_silent
	steer flush
	same "foreign info" "$(steer -j conflicts |
		jq -r '.[] | select(.interface == "eth0") | "\(.kind) \(.severity)"')"
	steer detach all
	same "others" "$(in_dispatcher)"
}

@test "others that come and go leave ours" {
	net_web "$HOST" host 80
	attach_shared
	steer -q bind tcp any:80 drop
	load_foreign others
	id=$(steer -j status | jq '.[].interfaces[0].program_id')
	same "others portsteer_xdp" "$(in_dispatcher)"
	same attached "$(steer -j status | jq -r '.[].interfaces[0].state')"
	is_silent
	net_in "$HOST" xdp-loader unload eth0 --id "$(net_in "$HOST" xdp-loader status eth0 |
		awk '$3 == "others" { print $4 }')"
	same "portsteer_xdp" "$(in_dispatcher)"
	same "$id" "$(steer -j status | jq '.[].interfaces[0].program_id')"
	is_silent
}

@test "taken out by somebody else: stale, attach repairs it; nothing of others is touched" {
	net_web "$HOST" host 80
	attach_shared
	steer -q bind tcp any:80 drop
	load_foreign others
	net_in "$HOST" xdp-loader unload eth0 --id "$(steer -j status |
		jq '.[].interfaces[0].program_id')"
	says 0 "stale: the program was taken off the interface; portsteer -n $HOST attach eth0 shared" \
		steer status
	same host "$(net_get http://192.0.2.2/)"
	attach_shared
	is_silent
	net_in "$HOST" xdp-loader unload eth0 --all
	load_foreign more
	steer detach eth0
	same "more" "$(in_dispatcher)"
}

# bats test_tags=smoke
@test "upgrade in the dispatcher: both builds for a moment, then the new one" {
	second=$(dirname "$PORTSTEER")/second/portsteer
	[ -x "$second" ] || skip "no second compiler"
	net_web "$HOST" host 80
	attach_shared priority 30
	steer -q bind tcp any:80 drop
	load_foreign others
	before=$(reason xdp drop)
	says 0 "'eth0': its programs were replaced by those of this build" "$second" -n "$HOST" attach eth0 shared
	same "portsteer_xdp others" "$(in_dispatcher)"
	same 30 "$(steer -j status | jq '.[].interfaces[0].programs[0].priority')"
	is_silent
	[ "$(reason xdp drop)" -gt "$before" ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# apply --confirm: what nobody confirms is taken back, whatever became of the
# command, its terminal and its output.
# alone: its commands have one to three seconds, and what has none of them is /run/portsteer

load ../lib/net

setup() {
	net_setup
	FILE=$BATS_TEST_TMPDIR/file.yaml
	TRIAL=/run/portsteer/$HOST.trial
	SOON=$(net_often 3 12) # seconds; enough to look at what is taken back then
	cat >"$FILE" <<-'END'
		interfaces: [{device: eth0}]
		bindings:
		- {endpoint: udp any:7, action: drop}
		- {endpoint: tcp any:22, action: drop, name: locked out}
	END
}

teardown() {
	if [ -e "$TRIAL" ]; then
		kill -KILL "$(cat "$TRIAL")"
		rm "$TRIAL"
	fi
	if [ -d /run/portsteer ]; then
		rmdir --ignore-fail-on-non-empty /run/portsteer
	fi
	net_teardown
}

# What the table holds, in words.
table() {
	steer -j bindings | jq -r '[.[] | .endpoint + " " + .words] | join("; ")'
}

table_is() {
	same "$1" "$(table)"
}

NEW='tcp any:22 drop; udp any:7 drop'

@test "taken back when nobody confirms; what stayed counted on" {
	steer -q attach eth0
	steer -q attach eth1
	steer -q bind udp any:7 drop
	steer -q bind udp any:8 pass name 'a b'
	net_in "$CLIENT" bash -c 'for i in 1 2 3; do echo >/dev/udp/192.0.2.2/7; done'
	says 0 "note: the former table comes back in $SOON s, unless 'confirm' keeps this one" \
		steer apply --confirm "$SOON" "$FILE"
	table_is "$NEW"
	same 1 "$(steer -j status | jq '[.[0].interfaces[] | select(.hook == "xdp")] | length')"
	net_in "$CLIENT" bash -c 'for i in 1 2; do echo >/dev/udp/192.0.2.2/7; done'
	net_wait $((SOON + 4)) table_is 'udp any:7 drop; udp any:8 pass'
	same 5 "$(binding 'udp any:7' rx_packets)"
	same 'a b' "$(binding 'udp any:8' name)"
	same 2 "$(steer -j status | jq '[.[0].interfaces[] | select(.hook == "xdp")] | length')"
	[ ! -e "$TRIAL" ]
}

@test "an instance that was not there goes again" {
	steer -q apply --confirm 1 "$FILE"
	table_is "$NEW"
	net_wait 6 test ! -e "$PINS/$HOST"
}

@test "also when the terminal, the session and the command are gone" {
	steer -q bind udp any:8 pass
	# script(1) is the terminal; all of its session is hung up, and what is left killed.
	script -qefc "'$PORTSTEER' -q -n $HOST apply --confirm $SOON '$FILE'; touch '$FILE.done'; sleep 100" \
		/dev/null </dev/null >/dev/null 2>&1 3>&- &
	NET_PIDS+=($!)
	net_wait "$SOON" test -e "$FILE.done"
	table_is "$NEW"
	pkill -HUP -s "$(pgrep -P "${NET_PIDS[0]}")"
	kill -KILL "${NET_PIDS[0]}"
	kill -HUP "$(cat "$TRIAL")"
	table_is "$NEW"
	net_wait $((SOON + 4)) table_is 'udp any:8 pass'
}

@test "its output ends with the command" {
	same 'interface eth0' "$(timeout 10 "$PORTSTEER" -n "$HOST" apply --confirm 30 "$FILE" 2>/dev/null |
		grep -o 'interface eth0')"
	steer -q confirm
}

@test "confirmed: it stays, and until then nothing else changes the table" {
	steer -q apply --confirm "$SOON" "$FILE"
	for words in 'bind tcp any:9 drop' 'unbind tcp any:22' flush "apply $FILE" "apply --confirm 9 $FILE"; do
		# shellcheck disable=SC2086 # words
		says 75 "the last change of instance '$HOST' waits to be confirmed; 'confirm' keeps it, 'confirm --revert' takes it back" \
			steer $words
	done
	steer -q refresh
	same 2 "$(steer -j bindings | jq length)"
	says 0 confirmed steer confirm
	says 4 "no change of instance '$HOST' waits to be confirmed" steer confirm
	net_wait 2 test -z "$(pgrep -f "$HOST apply --confirm")"
	sleep "$SOON.2"
	table_is "$NEW"
	steer -q bind tcp any:9 drop
}

@test "confirm --revert and SIGTERM take it back at once" {
	steer -q bind udp any:8 pass
	steer -q apply --confirm 3600 "$FILE"
	says 0 "the former table is in force again" steer confirm --revert
	table_is 'udp any:8 pass'
	says 4 "no change of instance" steer confirm --revert
	steer -q apply --confirm 3600 "$FILE"
	kill -STOP "$(cat "$TRIAL")"
	says 75 "has not taken the change back yet" steer --wait 0 confirm --revert
	kill -CONT "$(cat "$TRIAL")"
	net_wait 3 table_is 'udp any:8 pass'
	steer -q apply --confirm 3600 "$FILE"
	kill -TERM "$(cat "$TRIAL")"
	net_wait 3 table_is 'udp any:8 pass'
}

@test "nothing to do, nothing published: no trial" {
	steer -q apply "$FILE"
	same 'nothing to do' "$(steer apply --confirm 9 "$FILE" 2>&1)"
	says 4 "no change" steer confirm
	sed -i 's/udp any:7/udp any:65536/' "$FILE"
	says 2 "'65536' is no port" steer apply --confirm 9 "$FILE"
	steer flush
	steer -q detach all
	steer -q bind tcp any:9 drop --max-bindings 1
	says 1 "binding table full" steer apply --confirm 9 - <<<'bindings: [{endpoint: "tcp,udp any:1", action: drop}]'
	net_wait 2 test ! -e "$TRIAL"
	says 4 "no change" steer confirm
	says 2 "--dry-run changes nothing to --confirm" steer apply --dry-run --confirm 9 "$FILE"
	says 2 "--confirm takes a number from 1 to 86400" steer apply --confirm 0 - <<<'bindings: []'
}

@test "a process that was killed takes nothing back, and stands in nobody's way" {
	steer -q apply --confirm 3600 "$FILE"
	kill -KILL "$(cat "$TRIAL")"
	net_wait 2 steer -q bind tcp any:9 drop
	[ ! -e "$TRIAL" ]
	says 4 "no change" steer confirm
}

# strace holds the call that comes first after the marker is there.
@test "taken back although the process is not ready to wait yet" {
	steer -q bind udp any:8 pass
	net_start "$HOST" strace -qq -f -o "$BATS_TEST_TMPDIR/trace" -e trace=close_range \
		-e inject=close_range:delay_enter=2000000 \
		"$PORTSTEER" -n "$HOST" -q apply --confirm 3600 "$FILE"
	net_wait 10 table_is "$NEW"
	says 0 "the former table is in force again" steer confirm --revert
	table_is 'udp any:8 pass'
}

@test "--revert says when the process was killed before it took anything back" {
	steer -q apply --confirm 3600 "$FILE"
	pid=$(cat "$TRIAL")
	kill -STOP "$pid"
	net_start "$HOST" "$PORTSTEER" -n "$HOST" confirm --revert
	net_wait 5 grep -q '^SigPnd:.*[1-9a-f]\|^ShdPnd:.*[1-9a-f]' "/proc/$pid/status"
	kill -KILL "$pid"
	net_wait 5 grep -q "process $pid ended before it took the change back: the table is as it was applied; 'portsteer apply' a file of the former one" \
		"$BATS_TEST_TMPDIR/started.log"
	table_is "$NEW"
}

@test "what it did is in the system's log" {
	local at=$BATS_TEST_TMPDIR

	mkdir "$at/dev"
	touch "$at/dev/null"
	# A /dev of its own with nothing but the log, for all of this test.
	unshare -m bash -ec "
		mount --bind /dev/null '$at/dev/null'
		mount --rbind '$at/dev' /dev
		socat -u unix-recv:/dev/log open:'$at/log',creat,append </dev/null >/dev/null 2>&1 3>&- &
		while [ ! -S /dev/log ]; do sleep 0.05; done
		'$PORTSTEER' -q -n '$HOST' apply --confirm 1 '$FILE'
		for i in {1..60}; do grep -q portsteer '$at/log' && break; sleep 0.1; done
		kill %1"
	grep -q "portsteer\[[0-9]*\]: $HOST: 'portsteer confirm' did not follow: the former table is in force again" \
		"$at/log"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# apply --confirm: what nobody confirms is taken back, whatever became of the
# command, its terminal and its output.
# alone: its commands have one to three seconds, and what has none of them is /run/portsteer

# shellcheck disable=SC2030,SC2031 # each test has pids of its own
load lib/net

setup() {
	net_setup
	FILE=$BATS_TEST_TMPDIR/file.yaml
	TRIAL=$PINS/$HOST/trial
	SOON=$(net_often 8 12) # seconds; enough to look at what is taken back then
	cat >"$FILE" <<-'END'
		interfaces: [{device: eth0}]
		bindings:
		- {endpoint: udp any:7, action: drop}
		- {endpoint: tcp any:22, action: drop, name: locked out}
	END
}

teardown() {
	for pid in $(waiting); do
		kill -KILL "$pid"
	done
	net_teardown
}

# The processes that would take a change of this test's instance back.
waiting() {
	pgrep -f -- "-n $HOST .*apply --confirm" || [ $? -eq 1 ]
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
	says 0 "note: the previous table is restored in $SOON s, unless 'portsteer -n $HOST confirm' keeps this one" \
		steer apply --confirm "$SOON" "$FILE"
	table_is "$NEW"
	same 1 "$(steer -j status | jq '[.[0].interfaces[] | select(.hook == "xdp")] | length')"
	net_in "$CLIENT" bash -c 'for i in 1 2; do echo >/dev/udp/192.0.2.2/7; done'
	net_wait $((SOON + 4)) table_is 'udp any:7 drop; udp any:8 pass'
	same 5 "$(binding 'udp any:7' rx_packets)"
	same 'a b' "$(binding 'udp any:8' name)"
	same 2 "$(steer -j status | jq '[.[0].interfaces[] | select(.hook == "xdp")] | length')"
	[ ! -L "$TRIAL" ]
}

@test "an instance that was not there goes again" {
	steer -q apply --confirm 1 "$FILE"
	table_is "$NEW"
	net_wait 20 test ! -e "$PINS/$HOST"
}

@test "also when the terminal, the session and the command are gone" {
	steer -q bind udp any:8 pass
	# script(1) is the terminal; all of its session is hung up, and what is left killed.
	script -qefc "'$PORTSTEER' -q -n $HOST apply --confirm $SOON '$FILE'; touch '$FILE.done'; sleep 100" \
		/dev/null </dev/null >/dev/null 2>&1 3>&- &
	NET_PIDS+=($!)
	net_wait "$SOON" test -e "$FILE.done"
	table_is "$NEW"
	session=$(pgrep -P "${NET_PIDS[0]}")
	kill -KILL "${NET_PIDS[0]}"
	pkill -HUP -s "$session" || [ $? -eq 1 ]
	kill -HUP "$(waiting)"
	table_is "$NEW"
	net_wait $((SOON + 4)) table_is 'udp any:8 pass'
}

@test "its output ends with the command" {
	same 'interface eth0' "$(timeout 10 "$PORTSTEER" -n "$HOST" apply --confirm 30 "$FILE" 2>/dev/null |
		grep -o 'interface eth0')"
	steer -q confirm
}

# WORDS...: refused while a change is on trial
waits() {
	says 75 "the last change of instance '$HOST' waits for confirmation; 'portsteer -n $HOST confirm' keeps it, with --revert it is reverted" \
		steer "$@"
}

@test "confirmed: it stays, and until then nothing else changes what is there" {
	net_start "$HOST" socat tcp-listen:2001,fork exec:cat
	net_wait 20 net_listens "$HOST" tcp 2001
	steer -q socket add web --listening tcp any4:2001
	steer -q apply --confirm 600 "$FILE"
	for words in 'bind tcp any:9 drop' 'unbind tcp any:22' flush "apply $FILE" \
		"apply --confirm 9 $FILE" 'attach eth1' 'attach netns' 'detach eth0' 'detach all' \
		'guard on' 'guard off' 'socket add web --listening tcp any4:2001' 'socket remove web' \
		'reserve set' unreserve; do
		# shellcheck disable=SC2086 # words
		waits $words
	done
	steer -q refresh
	same 2 "$(steer -j bindings | jq length)"
	for words in bindings conflicts status flows reasons sockets guard reserve; do
		steer -j "$words" >"$BATS_TEST_TMPDIR/$words"
	done
	says 0 confirmed steer confirm
	says 4 "no change of instance '$HOST' waits for confirmation" steer confirm
	net_wait 20 test -z "$(waiting)"
	[ ! -e "$PINS/$HOST/%trial" ]
	table_is "$NEW"
	steer -q bind tcp any:9 drop
	same '1 attached' "$(steer -j status | jq -r '.[0].interfaces | "\(map(select(.hook == "xdp")) | length) \(.[0].state)"')"
}

# The pids of others, another /run and another clock: a trial is known by none of them.
# shellcheck disable=SC2016 # for the inner shells
@test "seen and refused in every mount, pid and time namespace that sees the instance" {
	steer -q bind udp any:8 pass
	steer -q apply --confirm 600 "$FILE"
	for elsewhere in 'unshare --mount sh -c' 'unshare --mount --pid --fork --mount-proc sh -c' \
		'unshare --mount --time --boottime 100000 --monotonic 100000 --fork sh -c'; do
		# shellcheck disable=SC2086 # words
		says 75 "waits for confirmation" $elsewhere \
			'mount -t tmpfs none /run/lock && exec "$0" -n "$1" bind tcp any:6 drop' \
			"$PORTSTEER" "$HOST"
		# shellcheck disable=SC2086,SC2016 # words, for the inner shell
		$elsewhere 'exec "$0" -n "$1" -j status' "$PORTSTEER" "$HOST" >"$BATS_TEST_TMPDIR/seen"
		jq -e '.[0].trial | .checked and .seconds_left > 500 and .seconds_left <= 600' \
			"$BATS_TEST_TMPDIR/seen"
	done
	table_is "$NEW"
}

@test "status says by whom, since when and how long" {
	same null "$(steer -q bind udp any:8 pass && steer -j status | jq '.[0].trial')"
	steer -q apply --confirm 600 "$FILE"
	jq -e --arg user "$(id -un)" '.[0].trial | .user == $user and .uid == 0 and .checked and
		.seconds_left > 500 and .seconds_left <= 600 and
		(now - (.since | fromdate) | . >= 0 and . < 60)' <<<"$(steer -j status)"
	says 0 "on trial: the last change, by $(id -un) since $(date -u +%Y-%m-)" steer status
	says 0 " s, unless 'portsteer -n $HOST confirm' keeps it" steer status
	steer -q confirm
	same null "$(steer -j status | jq '.[0].trial')"
	same '' "$(steer status | grep trial || [ $? -eq 1 ])"
}

@test "confirm --revert signals nobody" {
	steer -q bind udp any:8 pass
	steer -q apply --confirm 600 "$FILE"
	says 0 "the previous table is restored" strace -qq -f -o "$BATS_TEST_TMPDIR/trace" \
		-e trace=kill,tkill,tgkill,pidfd_send_signal,rt_sigqueueinfo \
		"$PORTSTEER" -n "$HOST" confirm --revert
	same '' "$(cat "$BATS_TEST_TMPDIR/trace")"
	table_is 'udp any:8 pass'
}

@test "confirm --revert from another pid namespace, where the number is somebody else's" {
	steer -q bind udp any:8 pass
	# shellcheck disable=SC2016 # for the inner shell
	unshare --pid --fork --mount-proc sh -c '"$0" -n "$1" -q apply --confirm 600 "$2"
		exec sleep 60' "$PORTSTEER" "$HOST" "$FILE" >/dev/null 2>&1 3>&- &
	NET_PIDS+=($!)
	net_wait 10 table_is "$NEW"
	net_wait 20 test -L "$TRIAL"
	steer -q --wait 10 confirm --revert
	table_is 'udp any:8 pass'
	kill -0 "${NET_PIDS[0]}"
}

@test "confirm --revert and SIGTERM take it back at once" {
	steer -q bind udp any:8 pass
	steer -q apply --confirm 3600 "$FILE"
	says 0 "the previous table is restored" steer confirm --revert
	table_is 'udp any:8 pass'
	says 4 "no change of instance" steer confirm --revert
	steer -q apply --confirm 3600 "$FILE"
	kill -STOP "$(waiting)"
	says 75 "the process that reverts the change has not finished" \
		steer --wait 0 confirm --revert
	says 75 "the last change of instance '$HOST' is being reverted" steer confirm
	kill -CONT "$(waiting)"
	net_wait 20 table_is 'udp any:8 pass'
	steer -q apply --confirm 3600 "$FILE"
	kill -TERM "$(waiting)"
	net_wait 20 table_is 'udp any:8 pass'
}

@test "nothing to do, nothing published: no trial" {
	steer -q apply "$FILE"
	same 'nothing to do' "$(steer apply --confirm 9 "$FILE" 2>&1)"
	says 4 "no change" steer confirm
	sed -i 's/udp any:7/udp any:65536/' "$FILE"
	says 2 "'65536' is not a valid port" steer apply --confirm 9 "$FILE"
	steer flush
	steer -q detach all
	steer -q bind tcp any:9 drop --max-bindings 1
	says 1 "binding table full" steer apply --detached --confirm 9 - <<<'bindings: [{endpoint: "tcp,udp any:1", action: drop}]'
	test ! -L "$TRIAL"
	says 4 "no change" steer confirm
	says 2 "--dry-run changes nothing to --confirm" steer apply --dry-run --confirm 9 "$FILE"
	says 2 "--confirm takes a number from 1 to 86400" steer apply --confirm 0 - <<<'bindings: []'
}

@test "a process that was killed takes nothing back, and stands in nobody's way" {
	steer -q apply --confirm 3600 "$FILE"
	kill -KILL "$(waiting)"
	net_wait 20 steer -q bind tcp any:9 drop
	[ ! -L "$TRIAL" ]
	says 4 "no change" steer confirm
}

# strace holds the call that comes first after the marker is there.
@test "taken back although the process is not ready to wait yet" {
	steer -q bind udp any:8 pass
	net_start "$HOST" strace -qq -f -o "$BATS_TEST_TMPDIR/trace" -e trace=close_range \
		-e inject=close_range:delay_enter=2000000 \
		"$PORTSTEER" -n "$HOST" -q apply --confirm 3600 "$FILE"
	net_wait 10 table_is "$NEW"
	says 0 "the previous table is restored" steer confirm --revert
	table_is 'udp any:8 pass'
}

@test "--revert says when the process was killed before it took anything back" {
	steer -q apply --confirm 3600 "$FILE"
	pid=$(waiting)
	kill -STOP "$pid"
	net_start "$HOST" "$PORTSTEER" -n "$HOST" confirm --revert
	net_wait 20 test -d "$PINS/$HOST/%trial/revert"
	kill -KILL "$pid"
	net_wait 20 grep -q "the process that reverts the change ended early: the new table is still in force; apply a file of the previous one: portsteer -n $HOST apply FILE" \
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
	grep -q "portsteer\[[0-9]*\]: $HOST: 'portsteer -n $HOST confirm' did not follow: the previous table is restored" \
		"$at/log"
}

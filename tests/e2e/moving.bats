#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# An instance that the release before made (ABI 1) is moved by the first change of this
# one, under packets: nothing of it is lost or judged otherwise, wherever the change is
# killed, and the release before never makes another beside it. That release is built
# from this repository's history: build/former/portsteer.

load lib/net
load lib/flood
load lib/foreign

setup() {
	net_setup
	foreign_setup
	FORMER=$(dirname "$PORTSTEER")/former/portsteer
	V1=${PINS%/*}/v1
	if [ ! -x "$FORMER" ]; then
		skip "needs the release before, of which this repository has no history"
	fi
}

teardown() {
	local at

	for at in "${NET_MADE[@]}"; do
		rm -rf "${V1:?}/$at"
	done
	rmdir --ignore-fail-on-non-empty "$V1/%lock" "$V1" 2>/dev/null || [ ! -e "$V1" ] || [ -n "$(ls "$V1")" ]
	foreign_teardown
	net_teardown
}

former() {
	"$FORMER" -n "$HOST" "$@"
}

# What can be compared of a table, as the tool in $1 sees it.
picture() {
	"$1" -n "$HOST" -j bindings | jq -cS '.[] | del(.slot)'
	"$1" -n "$HOST" -j sockets
	"$1" -n "$HOST" -j flows | jq -cS '.[] | {endpoint, source, destination, packets, bytes}'
	"$1" -n "$HOST" -j guard
	"$1" -n "$HOST" -j reasons | jq -cS '[.[] | select(.reason != "multicast" and .reason != "not-ip")]'
	"$1" -n "$HOST" -j status | jq -cS '.[].interfaces[] | {interface, hook, mode, state}'
}

# PATH: names, owners and modes of its pins; of maps that were renamed, their new names.
pins() {
	(cd "$1" && find . ! -name '%*' ! -name sent ! -name late ! -name carried ! -name arguments \
		-printf '%P %m %u %g\n' | sed 's/^specs /shapes /' | sort)
}

refuses() {
	says 1 "$V1/$HOST was made by another portsteer (ABI 2, this one has 1)" "$FORMER" -n "$HOST" "$@"
}

@test "all that it holds, with owner and mode of every pin; and the release before refuses it" {
	net_web "$HOST" host 8080
	former -q attach eth0
	former -q attach eth1 hook tc
	former -q attach netns
	former -q bind tcp any:80 socket web name site
	former -q socket add web --listening tcp 0.0.0.0:8080
	former -q bind udp any:53 count owner user:daemon name dns
	former -q bind udp 192.0.2.2:54 redirect eth1 via 198.51.100.10 name away
	former -q bind udp 192.0.2.0/24:1000-2000 drop name "a b"
	former -q bind tcp '[2001:db8:1::2]:443' drop on-missing drop 2>/dev/null || former -q bind tcp '[2001:db8:1::2]:443' drop
	former -q guard on /
	net_get http://192.0.2.2/
	net_in "$CLIENT" socat -u - udp4-sendto:192.0.2.2:53 <<<x
	net_in "$CLIENT" socat -u - udp4-sendto:192.0.2.2:1500 <<<x
	sleep 0.2
	chgrp -R daemon "$V1/$HOST"
	chmod g+r "$V1/$HOST"/meta
	picture "$FORMER" >"$BATS_TEST_TMPDIR/before"
	pins "$V1/$HOST" >"$BATS_TEST_TMPDIR/pins"
	says 1 "instance '$HOST' was made by an earlier portsteer, and keeps its configuration; this version takes it over with the first change, for example: portsteer -n $HOST refresh" \
		steer bindings
	says 1 "takes it over with the first change" steer status
	says 0 "note: instance '$HOST', made by an earlier portsteer, was moved to ABI 2; its programs were replaced, its counters continue" \
		steer refresh
	picture "$PORTSTEER" >"$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
	diff "$BATS_TEST_TMPDIR/pins" <(pins "$PINS/$HOST")
	net_get http://192.0.2.2/
	says 1 "Address already in use" net_in "$HOST" timeout 5 socat -u udp4-recvfrom:53 -
	[ "$(steer -j status | jq '[.[].interfaces[].other_build] | any')" = false ]
	refuses status
	refuses bindings
	refuses bind udp any:9 drop
	refuses attach eth0
	refuses detach all
	diff "$BATS_TEST_TMPDIR/pins" <(pins "$PINS/$HOST")
	steer -q guard off
	steer -q socket remove web
	steer -q flush
	steer -q detach all
	[ ! -e "$PINS/$HOST" ]
	[ ! -e "$V1/$HOST" ]
	former -q bind udp any:9 drop # it may begin anew
	former -q flush
}

@test "every frame meanwhile is judged once, as bound, and counted once" {
	flood_silence
	net_in "$HOST" ethtool -K eth0 gro on # takes frames without a program, too
	former -q attach eth0
	former -q bind tcp 192.0.2.2:23 drop
	before=$(flood_received)
	flood_start
	sleep 0.5
	says 0 "was moved to ABI 2" steer attach eth0
	sleep 0.5
	flood_stop
	frames=$(($(flood_received) - before))
	echo "$frames frames" >&2
	[ "$frames" -gt "$(net_often 20000 2000)" ]
	same "$frames" "$(reason xdp drop)"
	same "$frames" "$(binding 'tcp 192.0.2.2:23' rx_packets)"
}

# N COMMAND...: it was killed at its Nth system call that makes something, and did not end before.
killed_at() {
	local calls=bpf,renameat2,rename,mkdir,rmdir,unlink,unlinkat,chmod,fchmodat,fchownat,flock,write

	! strace -qq -o /dev/null -e trace=$calls -e "inject=$calls:signal=KILL:when=$1" "${@:2}" 2>/dev/null
}

@test "killed anywhere: one table or the other is in force, and the next change goes on" {
	local nth kills=0

	former -q attach eth0
	former -q bind udp any:53 drop name dns
	former -q bind tcp 192.0.2.2:80 count
	picture "$FORMER" | grep -v '"hook"' >"$BATS_TEST_TMPDIR/before"
	for ((nth = 1 + RANDOM % 3; ; nth += $(net_often 67 90 1))); do
		if [ ! -e "$V1/$HOST" ]; then # moved by the turn before, and taken away
			former -q attach eth0
			former -q bind udp any:53 drop name dns
			former -q bind tcp 192.0.2.2:80 count
		fi
		killed_at "$nth" "$PORTSTEER" -n "$HOST" -q refresh || break
		kills=$((kills + 1))
		run net_in "$CLIENT" timeout 0.3 socat -u - udp4-sendto:192.0.2.2:53 <<<x
		steer -q refresh
		same 2 "$(steer -j bindings | jq length)"
		same 'attached attached' "$(steer -j status | jq -r '[.[].interfaces[].state] | join(" ")')"
		refuses status
		steer -q flush
		steer -q detach all
		[ ! -e "$PINS/$HOST" ]
		[ ! -e "$V1/$HOST" ]
	done
	echo "killed $kills times" >&2
	[ "$kills" -gt 2 ]
	steer -q refresh
	steer -q flush
	steer -q detach all
}

@test "a change on trial of the release before is let be; two instances of one name are refused" {
	former -q bind udp any:53 drop
	printf 'bindings:\n- {endpoint: udp any:54, action: drop}\n' >"$BATS_TEST_TMPDIR/file.yaml"
	former -q apply --confirm 600 "$BATS_TEST_TMPDIR/file.yaml"
	says 75 "the last change of instance '$HOST' was made by an earlier portsteer and waits for confirmation; confirm it with that one, or wait until it is reverted" \
		steer bind udp any:55 drop
	former -q confirm
	steer -q bind udp any:55 drop
	same 'udp any:54 udp any:55' "$(steer -j bindings | jq -r '[.[].endpoint] | join(" ")')"
	rm -r "${V1:?}/$HOST"
	former -q bind udp any:1 drop
	says 1 "an earlier portsteer made $V1/$HOST beside $PINS/$HOST, of the same network namespace; remove one of them: rm -r $V1/$HOST" \
		steer bind udp any:56 drop
	former -q flush
	steer -q flush
}

@test "what is not as that release made it is refused, and let be" {
	former -q bind udp any:53 drop
	bpftool map create "$V1/$HOST/other" type array key 4 value 4 entries 1 name other
	mv "$V1/$HOST/reasons" "$V1/$HOST/kept"
	mv "$V1/$HOST/other" "$V1/$HOST/reasons"
	says 1 "$V1/$HOST/reasons is not the map that an earlier portsteer made there, so what it bound cannot be moved; remove what it left: rm -r $V1/$HOST" \
		steer bind udp any:54 drop
	[ ! -e "$PINS/$HOST" ]
	mv "$V1/$HOST/kept" "$V1/$HOST/reasons"
	steer -q bind udp any:54 drop
	same 2 "$(steer -j bindings | jq length)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A table that grows: packets that go through it meanwhile are judged once and counted once,
# nothing of it is lost, who reads it follows, who waits is told why. PORTSTEER_STEP makes the
# steps small.

load lib/net
load lib/flood
load lib/foreign

setup() {
	net_setup
	foreign_setup
	export PORTSTEER_STEP=64
}

teardown() {
	foreign_teardown
	net_teardown
}

# FIRST COUNT: lines of a batch, of endpoints that nothing else uses.
lines() {
	local i

	for ((i = $1; i < $1 + $2; i++)); do
		echo "tcp 10.1.$((i / 250)).$((i % 250)):80 drop name n$((i % 7))"
	done
}

capacity() {
	steer -j status -v | jq '.[0].capacity'
}

# TIMES: 60 more bindings each, so that it grows each time.
grow_often() {
	local turn

	for ((turn = 0; turn < $1; turn++)); do
		lines $((turn * 60)) 60 >"$BATS_TEST_TMPDIR/batch"
		steer -q bind --batch "$BATS_TEST_TMPDIR/batch"
	done
}

@test "a batch and a file that do not fit make it grow; the limit is kept" {
	steer -q attach eth0 --max-bindings 200
	same 64 "$(capacity)"
	lines 0 65 >"$BATS_TEST_TMPDIR/batch"
	steer -q bind --batch "$BATS_TEST_TMPDIR/batch"
	same 128 "$(capacity)"
	same 65 "$(steer -j bindings | jq length)"
	says 1 "binding table full (65 of 200, and 136 more wanted); unbind some, or allow more with --max-bindings" \
		steer bind --batch <(lines 65 136)
	same 128 "$(capacity)"
	lines 0 190 | steer -q bind --replace --batch -
	same 192 "$(capacity)"
	steer -q bind tcp any:9 drop name last
	steer -q bind tcp any:10 drop
	lines 190 8 >"$BATS_TEST_TMPDIR/batch"
	steer -q bind --batch "$BATS_TEST_TMPDIR/batch"
	same 200 "$(capacity)"
	says 1 "binding table full (200 of 200, and 1 more wanted)" steer bind tcp any:11 drop
	steer -q bind tcp any:11 drop --max-bindings 300
	same 256 "$(capacity)"
	says 1 "binding table full (201 of 150, and 1 more wanted)" \
		steer bind tcp any:12 drop --max-bindings 150
	steer -q bind tcp any:11 drop --max-bindings 201 # the same again
	says 1 "binding table full (201 of 201, and 1 more wanted)" steer bind tcp any:12 drop
	steer bindings --yaml >"$BATS_TEST_TMPDIR/table.yaml"
	steer -q detach all
	steer -q flush
	steer -q apply --detached "$BATS_TEST_TMPDIR/table.yaml"
	same 201 "$(steer -j bindings | jq length)"
	same 201 "$(capacity)"
}

@test "every frame of both CPUs is judged once, by the table of before or of after" {
	flood_silence
	net_in "$HOST" ethtool -K eth0 gro on # takes frames without a program, too
	steer -q attach eth0
	steer -q bind tcp 192.0.2.2:23 drop
	before=$(flood_received) judged=$(flood_judged xdp)
	# shellcheck disable=SC2046 # a word for each CPU
	flood_start $(seq 0 $(($(nproc) - 1)))
	sleep 0.3
	grow_often "$(net_often 6 3 50)"
	flood_stop
	frames=$(($(flood_received) - before))
	echo "$frames frames under $turn growths, to $(capacity)" >&2
	[ "$frames" -gt "$(net_often 50000 5000)" ]
	same "$frames" "$(($(flood_judged xdp) - judged))"
	same "$frames" "$(reason xdp drop)"
	same "$frames" "$(binding 'tcp 192.0.2.2:23' rx_packets)"
}

@test "the same at TC, and what is sent" {
	flood_silence
	foreign_program others xdp 2
	net_in "$HOST" bpftool net attach xdpdrv pinned "$FOREIGN/others" dev eth0
	steer -q attach eth0 hook tc
	steer -q bind tcp 192.0.2.2:23 drop
	before=$(flood_received)
	# shellcheck disable=SC2046 # a word for each CPU
	flood_start $(seq 0 $(($(nproc) - 1)))
	sleep 0.3
	grow_often "$(net_often 3 2 50)"
	flood_stop
	frames=$(($(flood_received) - before))
	same "$frames" "$(flood_judged tc-ingress)"
	same "$frames" "$(binding 'tcp 192.0.2.2:23' rx_packets)"
	steer -q bind tcp any:80 count
	net_web "$HOST" host 80
	net_get http://192.0.2.2/
	sent=$(binding 'tcp any:80' tx_packets)
	[ "$sent" -gt 3 ]
	lines 10000 64 | steer -q bind --batch -
	same "$sent" "$(binding 'tcp any:80' tx_packets)"
}

# All that the host's instance holds, and whose its pins are.
held() {
	steer -j bindings | jq -c 'map(del(.rx_packets, .rx_bytes, .tx_packets, .tx_bytes))'
	steer -j sockets
	steer -j flows | jq -c '[.[] | {source, destination, packets}]'
	steer -j guard
	(cd "$PINS/$HOST" && find . ! -name %lock -printf '%P %m %u %g\n' | sort)
}

@test "names, owners, targets, sockets, flows, the guard and rights go on" {
	net_web "$HOST" host 8080
	steer -q attach eth0
	steer -q attach netns
	chgrp -R daemon "$PINS/$HOST"
	steer -q bind tcp any:80 socket web name site
	steer -q socket add web --listening tcp 0.0.0.0:8080
	steer -q bind udp any:53 count owner user:daemon name dns
	steer -q bind udp 192.0.2.2:54 redirect eth1 name away
	steer -q guard on /
	net_get http://192.0.2.2/
	net_in "$CLIENT" socat -u - udp4-sendto:192.0.2.2:53 <<<x
	held >"$BATS_TEST_TMPDIR/one"
	lines 0 70 >"$BATS_TEST_TMPDIR/batch"
	steer -q bind --batch "$BATS_TEST_TMPDIR/batch"
	for i in {0..6}; do
		steer -q unbind name "n$i"
	done
	same 128 "$(capacity)"
	held >"$BATS_TEST_TMPDIR/two"
	diff "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	net_get http://192.0.2.2/
	says 1 "Address already in use" net_in "$HOST" timeout 5 socat -u udp4-recvfrom:53 -
}

# FIRST LAST: a datagram to the host's port 53 from each of these ports.
datagrams() {
	net_in "$CLIENT" python3 -c '
import socket, sys, time
for port in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("192.0.2.1", port))
        sender.sendto(b"x", ("192.0.2.2", 53))
    if not port % 50:
        time.sleep(0.002)
' "$1" "$2"
}

has_counted() {
	same "$1" "$(binding 'udp any:53' rx_packets)"
}

# KEY: of what `status -v` says of sizes.
size() {
	steer -j status -v | jq ".[0].sizes.$1"
}

@test "flows get more room, and go on; how many were evicted is said" {
	export PORTSTEER_FLOWS=2048
	steer -q attach eth0
	steer -q bind udp any:53 count
	datagrams 1001 2000
	net_wait 20 has_counted 1000
	same 1000 "$(size flows)"
	same 2048 "$(size flow_room)"
	run --separate-stderr steer flows
	# shellcheck disable=SC2154 # set by run
	same "" "$stderr"
	run --separate-stderr steer -v flows
	same "portsteer: note: 1000 flows are kept, with room for 2048; 0 were evicted" "$stderr"
	datagrams 1 5000
	net_wait 20 has_counted 6000
	kept=$(size flows) gone=$(size flows_evicted)
	[ "$kept" -le 2048 ]
	[ "$gone" -ge 2952 ] # those of before may be evicted, and come again
	run --separate-stderr steer -j flows
	same "$kept" "$(jq length <<<"$output")"
	same "note: $kept flows are kept, with room for 2048; $gone were evicted" "$(jq -r .note <<<"$stderr")"
	before=$(jq -c 'map({source_port, packets, first_seen})' <<<"$output")
	steer -q bind udp any:54 drop
	same 8192 "$(size flow_room)"
	same "$kept $gone" "$(size flows) $(size flows_evicted)"
	same "$before" "$(steer -q -j flows | jq -c 'map({source_port, packets, first_seen})')"
	has_counted 6000
	datagrams 4999 5000
	net_wait 20 has_counted 6002
	same 2 "$(steer -q -j flows | jq 'map(select(.packets == 2 and .source_port >= 4999)) | length')"
	steer -q unbind udp any:53
	same "0 $gone" "$(size flows) $(size flows_evicted)"
	steer status -v | grep -E "^flows of 'count' +0 +8192$"
	steer status -v | grep -E "^evicted flows +$gone *$"
}

@test "a reader that stays open follows" {
	steer -q attach eth0
	net_start "$HOST" "$PORTSTEER" -n "$HOST" -j monitor
	net_wait 20 grep -q '"event"' "$BATS_TEST_TMPDIR/started.log"
	lines 0 70 | steer -q bind --batch -
	net_wait 20 grep -q '10.1.0.69:80' "$BATS_TEST_TMPDIR/started.log"
	steer -q bind tcp any:99 drop name late
	net_wait 20 grep -q 'late' "$BATS_TEST_TMPDIR/started.log"
	run grep -c 'instance-gone\|"gone"' "$BATS_TEST_TMPDIR/started.log"
	same 0 "$output"
}

@test "who waits for the lock is told that the table grows" {
	steer -q bind tcp any:9 drop
	beside=$PINS/%grow$(printf %x "$(stat -c %i "$PINS/$HOST")")
	mkdir "$beside"
	exec {lock}<"$PINS/$HOST/%lock"
	flock "$lock"
	says 75 "another portsteer is growing the table of instance '$HOST'; waited 0 s (--wait SECONDS waits longer)" \
		steer --wait 0 bind tcp any:10 drop
	exec {lock}<&-
	steer -q bind tcp any:10 drop # it was cut short before anybody saw it
	[ ! -e "$beside" ]
	same 2 "$(steer -j bindings | jq length)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The table under load: counters that survive, many bindings, a full table,
# many commands at once, the lock.

load lib/net

teardown() {
	net_teardown
}

# KEY: of the instance
state() {
	steer -j status | jq ".[].$1"
}

@test "tx counts what a bound server sends; counters survive --replace and other changes" {
	net_setup
	net_web "$HOST" host 80
	steer attach eth0
	steer -q bind tcp 192.0.2.2:80 count name web
	same host "$(net_get http://192.0.2.2/)"
	before=$(steer -j bindings | jq -c '.[0] | [.rx_packets, .rx_bytes, .tx_packets, .tx_bytes]')
	[ "$(binding 'tcp 192.0.2.2:80' tx_bytes)" -gt 200 ]
	steer bind tcp 192.0.2.2:80 pass --replace
	steer bind udp any:9 drop
	steer unbind udp any:9
	steer refresh
	steer detach eth0
	same "$before" "$(steer -j bindings |
		jq -c '.[0] | [.rx_packets, .rx_bytes, .tx_packets, .tx_bytes]')"
	same web "$(binding 'tcp 192.0.2.2:80' name)"
	steer unbind name web
	steer -q bind tcp 192.0.2.2:80 count
	same 0 "$(binding 'tcp 192.0.2.2:80' rx_packets)"
}

@test "100000 bindings by --batch, with traffic that finds one of them" {
	net_setup
	net_web "$HOST" host 80
	awk 'BEGIN { for (i = 0; i < 100000; i++)
		printf "tcp 10.%d.%d.%d:%d drop\n", i / 65536, i / 256 % 256, i % 256, 1000 + i % 7 }' \
		>"$BATS_TEST_TMPDIR/batch"
	steer attach eth0 --max-bindings 200000
	steer bind --batch "$BATS_TEST_TMPDIR/batch"
	same 100000 "$(state bindings)"
	same host "$(net_get http://192.0.2.2/)"
	steer -q bind tcp 192.0.2.2:80 drop
	run net_get http://192.0.2.2/
	[ "$status" -eq 28 ]
	same 100001 "$(steer -j bindings | jq length)"
	steer unbind tcp 192.0.2.2:80
	same host "$(net_get http://192.0.2.2/)"
	steer flush
	same 0 "$(state bindings)"
}

@test "a full table is a clear error and changes nothing" {
	net_setup_table
	steer -q bind tcp any:1-2 drop --max-bindings 3
	generation=$(state generation)
	printf 'tcp any:%s drop\n' 1 2 3 >"$BATS_TEST_TMPDIR/batch"
	says 1 "binding table full (1 of 3, and 3 more wanted); unbind some, or allow more with --max-bindings" \
		steer -q bind --batch "$BATS_TEST_TMPDIR/batch"
	same "1 $generation" "$(state bindings) $(state generation)"
	steer -q bind tcp,udp any:9 drop
	generation=$(state generation)
	says 1 "binding table full (3 of 3, and 1 more wanted)" steer -q bind tcp any:7 drop
	says 3 "duplicate: tcp any:9: already bound: tcp any:9 drop" steer bind tcp any:9 pass
	says 3 "duplicate: udp any:9: already bound: udp any:9 drop" \
		steer bind --batch - <<<$'tcp any:7 drop\nudp any:9 count'
	says 1 "binding table full (3 of 3, and 1 more wanted)" \
		steer bind --batch - <<<$'tcp any:7 drop\nudp any:9 drop' # which is as it is
	same "3 $generation" "$(state bindings) $(state generation)"
	steer -q bind tcp any:9 drop # the same again
	steer -q bind tcp any:9 pass --replace
	says 1 "binding table full (3 of 2, and 1 more wanted)" \
		steer bind tcp any:7 drop --max-bindings 2
	steer -q bind tcp any:7 drop --max-bindings 9
}

@test "more shapes than can be counted: refused, and nothing changes" {
	net_setup_table
	steer -q bind tcp any:1 drop --max-bindings 400000
	awk 'BEGIN {
		for (port = 1; port < 65536; port++)
			for (bits = 28; bits <= 32; bits++)
				printf "tcp 192.0.2.0/%d:%d drop\n", bits, port
	}' >"$BATS_TEST_TMPDIR/batch"
	generation=$(state generation)
	says 1 "bindings of more than 262144 shapes (protocol, prefix length, ports)" \
		steer -q bind --batch "$BATS_TEST_TMPDIR/batch"
	same "1 $generation false" "$(state bindings) $(state generation) $(state pending)"
	head -n 250000 "$BATS_TEST_TMPDIR/batch" | steer -q bind --batch -
	same 250001 "$(state bindings)"
}

@test "more redirect targets than there is room for: refused" {
	net_setup_table
	awk 'BEGIN {
		for (i = 1; i <= 4096; i++)
			printf "tcp any:%d redirect lo mac 02:00:00:00:%02x:%02x\n", i, i / 256, i % 256
	}' >"$BATS_TEST_TMPDIR/batch"
	says 1 "more than 4095 different redirect targets" \
		steer -q bind --batch "$BATS_TEST_TMPDIR/batch"
	head -n 4095 "$BATS_TEST_TMPDIR/batch" | steer -q bind --batch -
	same 4095 "$(state bindings)"
}

@test "a port bound in more ways than a packet may look up: refused, with those that are there" {
	net_setup_table
	for length in {1..32}; do
		echo "tcp 10.0.0.0/$length:80 drop"
		[ "$length" -gt 16 ] || echo "tcp 10.0.0.0/$length:80-81 drop"
	done | steer -q bind --batch -
	says 1 "tcp 10.0.0.0/17:80-81: tcp port 80 is bound in 48 ways already, the most that one packet may look up: bindings of /PREFIX:PORTS /32:80, /31:80, /30:80, " \
		steer -q bind tcp 10.0.0.0/17:80-81 drop
	steer -q bind tcp 10.1.0.0/16:80 drop
	same 49 "$(state bindings)"
}

@test "ports bound in more different ways than there are lists: refused" {
	net_setup_table
	awk 'BEGIN { for (i = 1; i <= 16384; i++) printf "tcp any:%d-%d drop\n", 2 * i, 2 * i + 1 }' \
		>"$BATS_TEST_TMPDIR/batch"
	says 1 ": ports would be bound in more than 16383 different ways" \
		steer -q bind --batch "$BATS_TEST_TMPDIR/batch"
	head -n 16383 "$BATS_TEST_TMPDIR/batch" | steer -q bind --batch -
	same 16383 "$(state bindings)"
}

@test "20 binds at once all succeed, the instance made by one of them" {
	net_setup_table
	pids=()
	for port in {1..20}; do
		"$PORTSTEER" -q -n "$HOST" --wait 100 bind tcp "any:$port" drop 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	same 20 "$(state bindings)"
	same false "$(state pending)"
}

# PORT: binds and unbinds, which makes and removes the instance
come_and_go() {
	for _ in {1..8}; do
		"$PORTSTEER" -q -n "$HOST" bind udp "any:$1" drop || return 1
		"$PORTSTEER" -q -n "$HOST" unbind udp "any:$1" || return 1
	done
}

@test "binds and unbinds at once, while the instance comes and goes" {
	net_setup_table
	pids=()
	for port in {1..6}; do
		come_and_go "$port" 3>&- &
		pids+=($!)
	done
	failed=0
	for pid in "${pids[@]}"; do
		wait "$pid" || failed=$((failed + 1))
	done
	same 0 "$failed"
	[ ! -e "$PINS/$HOST" ]
}

@test "a held lock: 75 after --wait, readers do not need it" {
	net_setup_table
	steer -q bind tcp any:7 drop
	exec 8<"$PINS/$HOST/%lock"
	flock -x 8
	says 75 "another portsteer holds the lock on $PINS/$HOST; waited 1 s (--wait SECONDS waits longer)" \
		steer --wait 1 bind tcp any:8 drop
	says 75 "waited 0 s" steer --wait 0 unbind tcp any:7
	for reader in bindings conflicts flows reasons status; do
		steer --wait 0 "$reader"
	done
	exec 8<&-
	steer --wait 0 -q bind tcp any:8 drop
}

# LOCK
is_held() {
	! flock -n -x "$1" true
}

@test "who waits for the lock gets it when the holder dies" {
	net_setup_table
	steer -q bind tcp any:7 drop
	net_start "$HOST" flock -F -x "$PINS/$HOST/%lock" sleep 60
	net_wait 20 is_held "$PINS/$HOST/%lock"
	(sleep 0.5 && kill -KILL "${NET_PIDS[0]}") 3>&- &
	steer -q --wait 30 bind tcp any:8 drop
	same 2 "$(state bindings)"
}

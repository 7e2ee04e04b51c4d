#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# How large things become: what `status -v` says is in use, and memory that grows
# with the bindings.

load lib/net

setup() {
	net_setup_table
}

teardown() {
	net_teardown
}

# KEY: of the sizes
size() {
	steer -v -j status | jq ".[0].sizes.$1"
}

# PROTO: a thousand ranges on as many prefixes, and 60 000 bindings inside them
ranges() {
	awk -v proto="$1" 'BEGIN {
		for (i = 0; i < 1000; i++) {
			prefix = "10." int(i / 250) "." i % 250
			printf "%s %s.0/24:%d-%d drop\n", proto, prefix, 60 * i + 1, 60 * i + 60
			for (j = 1; j <= 60; j++)
				printf "%s %s.%d:%d pass\n", proto, prefix, j, 60 * i + j
		}
	}'
}

# COMMAND...: the most memory that it had, in KiB, on stdout
peak() {
	python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
}

# KIB TEXT WORD...: portsteer refuses its input with TEXT, within 100 seconds, and this memory
refuses_within() {
	local most=$1 text=$2

	shift 2
	# shellcheck disable=SC2016 # of Python
	says 2 "$text" timeout 100 python3 -c 'import resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
sys.exit(status if peak <= int(sys.argv[1]) else f"{peak} KiB of memory")' \
		"$most" "$PORTSTEER" -n "$HOST" "$@"
}

# LINE...: lines to choose from in turn, 20 MB of them, or 100
much() {
	printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/lines"
	yes -- "$(<"$BATS_TEST_TMPDIR/lines")" | head -c "$(net_often 20000000 4000000 100000000)"
}

# A million bindings need 150 MB; all else nothing worth mentioning.
@test "input of 20 MB, or 100: refused in memory and time that have bounds" {
	local few=20000 times

	much '- {endpoint: tcp any:1, action: drip}' | sed '1i bindings:' |
		refuses_within $few "faults in <stdin>; the first are above" apply -
	much 'a' | tr -d '\n' | sed '1s/^/bindings: /' |
		refuses_within $few "<stdin>:1:1064961: a string or comment of more than 1 MiB" apply -
	much '# comment' | refuses_within $few "a string or comment of more than 1 MiB" apply -
	much '[' | tr -d '\n' | sed '1s/^/bindings: /' |
		refuses_within $few "<stdin>:1:27: nested too deeply" apply -
	much 'a' | tr -d '\n' |
		refuses_within $few "<stdin>:1:1: a line has at most 1024 bytes" bind --batch -
	much 'tcp any:1 drip' | refuses_within $few "<stdin>:1:11: unknown action" bind --batch -
	[ -z "${TIME:-}" ] || return 0
	times=$(net_often 1 '' 5)
	awk -v count=$((times * 400000)) 'BEGIN { print "bindings:"
		for (i = 0; i < count; i++)
			printf "- endpoint: tcp 10.%d.%d.%d:80\n  action: drop\n",
				i / 65536, i / 256 % 256, i % 256
		print "- {endpoint: tcp any:1, action: drip}" }' |
		refuses_within $((times * 100000)) \
			"<stdin>:$((times * 800000 + 2)):33: unknown action 'drip'" apply -
	much '- {endpoint: tcp any:1, action: drop}' | sed '1i bindings:' |
		refuses_within $((times * 120000)) "faults in <stdin>; the first are above" apply -
	[ ! -e "$PINS/$HOST" ]
}

@test "status -v counts bindings, shapes, ports, lists, targets, front entries, and bindings without one" {
	steer -q bind tcp 192.0.2.1:80 drop --max-bindings 1000
	steer -q bind udp any4:53-54 redirect nodev 2>/dev/null
	same "[2,3,2,1,1,17624,0]" "$(steer -v -j status | jq -c '.[0].sizes |
		[.shapes, .ports, .probe_lists, .targets, .front_entries, .max_front_entries, .overflow]')"
	says 0 "front entries" steer -v status
	same null "$(steer -j status | jq '.[0].sizes')"
	seq 2 999 | sed 's/.*/tcp [2001:db8::&]:80 drop/' | steer -q bind --batch -
	same "[1997,0]" "$(steer -v -j status | jq -c '.[0].sizes | [.front_entries, .overflow]')"
	[ "$(size memory_bytes)" -gt 1000000 ]
}

@test "a table made full with IPv6: some bindings have no front entry, and are counted" {
	local overflow seats

	seq 30000 | awk '{ printf "tcp [2001:db8::%x]:80 drop\n", $1 }' |
		steer -q bind --batch - --max-bindings 30000
	overflow=$(size overflow)
	seats=$(size front_entries)
	[ "$overflow" -gt 3000 ]
	same "$((2 * (30000 - overflow)))" "$seats"
}

@test "1000 ranges and 60000 bindings in them: twice as many take twice the memory" {
	local none one two first second

	export PORTSTEER_STEP=200000 # all at once
	steer -q bind tcp any:65000 drop --max-bindings 200000
	none=$(size memory_bytes)
	ranges udp >"$BATS_TEST_TMPDIR/one"
	ranges tcp >"$BATS_TEST_TMPDIR/two"
	first=$(peak "$PORTSTEER" -q -n "$HOST" bind --batch "$BATS_TEST_TMPDIR/one")
	one=$(size memory_bytes)
	second=$(peak "$PORTSTEER" -q -n "$HOST" bind --batch "$BATS_TEST_TMPDIR/two")
	two=$(size memory_bytes)
	same 122001 "$(steer -j status | jq '.[0].bindings')"
	printf '# maps: %s, %s, %s bytes; commands: %s, %s KiB\n' "$none" "$one" "$two" "$first" \
		"$second" >&3
	[ $((two - none)) -le $(((one - none) * 21 / 10)) ]
	[ $((one - none)) -le $((61000 * 300)) ]
	[ "$second" -le $((first * 12 / 10)) ]
}

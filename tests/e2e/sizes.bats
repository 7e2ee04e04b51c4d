#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# How large things become: what `status -v` says is in use, and memory that grows
# with the bindings.

load ../lib/net

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

@test "status -v counts bindings, shapes, ports, lists, targets, seats, and who has none" {
	local overflow seats

	steer -q bind tcp 192.0.2.1:80 drop --max-bindings 1000
	steer -q bind udp any4:53-54 redirect nodev 2>/dev/null
	same "[2,3,2,1,1,1260,0]" "$(steer -v -j status | jq -c '.[0].sizes |
		[.shapes, .ports, .probe_lists, .targets, .seats, .max_seats, .overflow]')"
	says 0 "seats" steer -v status
	same null "$(steer -j status | jq '.[0].sizes')"
	seq 2 999 | sed 's/.*/tcp [2001:db8::&]:80 drop/' | steer -q bind --batch -
	overflow=$(size overflow)
	seats=$(size seats)
	[ "$overflow" -gt 300 ]
	same "$((1 + 2 * (998 - overflow)))" "$seats"
	[ "$(size memory_bytes)" -gt 1000000 ]
}

@test "1000 ranges and 60000 bindings in them: twice as many take twice the memory" {
	local none one two first second

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

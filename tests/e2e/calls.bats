#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a command asks the kernel does not become more with interfaces that do not concern it, and
# with those that do by a few calls each: counted, because a clock proves nothing on a busy machine.

load lib/net

ATTACHED=3

setup() {
	net_setup_table
	for ((i = 0; i < ATTACHED; i++)); do
		ip -n "$HOST" link add "at$i" type veth peer name "to$i"
		"$PORTSTEER" -n "$HOST" -q attach "at$i" hook tc
	done
}

teardown() {
	net_teardown
}

# NUMBER: veths that nobody attaches
add_veths() {
	for ((i = 0; i < $1; i++)); do
		echo "link add veth$i type veth peer name peer$i"
	done | ip -n "$HOST" -batch -
}

# CALL WORDS...: how often portsteer makes that call
calls() {
	strace -qq -f -e trace="$1" -o "$BATS_TEST_TMPDIR/trace" \
		"$PORTSTEER" -n "$HOST" -q "${@:2}" >/dev/null 2>&1
	grep -c "$1(" "$BATS_TEST_TMPDIR/trace"
}

# How often each of these asks about interfaces. By bpf(2) they ask about all programs there are.
count_all() {
	local call

	for call in sendto ioctl; do
		calls $call bind tcp any:9 drop
		calls $call status
		calls $call conflicts
		calls $call unbind tcp any:9
	done
}

@test "bind, status, conflicts and unbind ask the same whatever interfaces there are" {
	local before

	before=$(count_all)
	add_veths 40
	same "$before" "$(count_all)"
}

@test "interfaces are asked for in a few requests, however many are attached" {
	local few many

	few=$(calls sendto conflicts)
	ip -n "$HOST" link add more type veth peer name peer
	"$PORTSTEER" -n "$HOST" -q attach more hook tc
	many=$(calls sendto conflicts)
	# each may have filters of its own where there is no TCX: two directions, and who it is
	if [ "$(net_tc_mode)" = tcx ]; then
		same "$few" "$many"
	else
		[ $((many - few)) -le 4 ]
	fi
}

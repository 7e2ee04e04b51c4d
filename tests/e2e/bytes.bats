#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Names that are no UTF-8, or were cut within a character: one bad byte costs one
# byte of what is printed, and never names something else.

load lib/net

setup() {
	net_setup
}

teardown() {
	net_teardown
}

# A TCP listener on port $1, whose process calls itself by the bytes $2.
listen_as() {
	net_start "$HOST" /usr/bin/python3 -c '
import ctypes, os, socket, sys, time
ctypes.CDLL(None).prctl(15, os.fsencode(sys.argv[2]), 0, 0, 0)
with socket.create_server(("0.0.0.0", int(sys.argv[1]))):
    time.sleep(1000)' "$1" "$2"
	net_wait 20 net_listens "$HOST" "$1"
}

said() {
	steer "$@" || [ $? = 3 ]
}

@test "a process whose name is no UTF-8 is named all the same" {
	steer -q attach eth0
	listen_as 4001 $'a\xffb\x9b'
	steer -q bind tcp any:4001 drop
	said conflicts | grep -F '(a\xffb\x9b, pid'
	said -j conflicts | jq -r '.[].message' | grep -F '(a\xffb\x9b, pid'
	same 'a\xffb\x9b' "$(said -j conflicts | jq -r '.[0].listener.owners[0].command')"
}

@test "a name that the kernel cut within a character ends before it" {
	steer -q attach eth0
	listen_as 4002 éééééééé
	steer -q bind tcp any:4002 drop
	same ééééééé "$(said -j conflicts | jq -r '.[0].listener.owners[0].command')"
	said conflicts | grep -F '(ééééééé, pid'
}

@test "a long text is cut between characters" {
	long=$(printf 'é%.0s' {1..1500})
	run steer -j bind tcp any:1 "$long"
	[[ $(jq -r .error <<<"${lines[0]}") == *éé... ]]
	run steer bind tcp any:1 "$long"
	[[ ${lines[0]} == *éé... ]]
}

# The interface whose name is the bytes $1 is shown as $2.
is_shown() {
	ip -n "$HOST" link add "$1" type veth peer name other
	steer -q bind tcp any:9 redirect "$1" --replace
	same "redirect $2" "$(steer bindings | awk 'NR == 2 { print $3, $4 }')"
	same "$2" "$(steer -j bindings | jq -r '.[0].device')"
	ip -n "$HOST" link del "$1"
}

@test "interfaces: each byte that is no character is seen, and none reads like another" {
	is_shown $'\xff\xfeq' '\xff\xfeq'
	is_shown $'x\x9bq' 'x\x9bq'
	is_shown 'x\x9bq' 'x\x5cx9bq'
	is_shown 'a\b' 'a\b'
	is_shown 'é\b' 'é\b'
	ip -n "$HOST" link add $'x\xc2\x9bq' type veth peer name other
	steer -q bind tcp any:9 redirect $'x\xc2\x9bq' --replace
	same 'x\xc2\x9bq' "$(steer bindings | awk 'NR == 2 { print $4 }')"
	same $'x\xc2\x9bq' "$(steer -j bindings | jq -r '.[0].device')"
}

@test "YAML: names that it can say come back, others are refused by name" {
	for name in $'x\xc2\x80q' $'x\xc2\x9fq' 'x\x9bq' $'\xe2\x80\xae' '#"'; do
		ip -n "$HOST" link add "$name" type veth peer name other
		steer -q bind tcp any:9 redirect "$name" --replace
		steer bindings --yaml >"$BATS_TEST_TMPDIR/table.yaml"
		says 0 '' steer -q apply --dry-run "$BATS_TEST_TMPDIR/table.yaml"
		ip -n "$HOST" link del "$name"
	done
	ip -n "$HOST" link add $'x\x9bq' type veth peer name other
	steer -q bind tcp any:8 redirect $'x\x9bq'
	run --separate-stderr steer bindings --yaml
	same 1 "$status"
	same '' "$output"
	# shellcheck disable=SC2154 # by run
	same "portsteer: YAML cannot say 'redirect x\\x9bq' of tcp any:8, which is not UTF-8; nothing was printed" "$stderr"
}

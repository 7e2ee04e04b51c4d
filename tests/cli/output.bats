#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What commands print: help, JSON keys, escapes, and outputs that break.

load ../e2e/lib/net

setup() {
	export TERM=xterm # wherever this runs
	net_setup_table
}

teardown() {
	net_teardown
}

@test "help of every command is the golden text" {
	for command in '' apply confirm attach detach bind unbind flush guard refresh reserve socket \
		unreserve bindings conflicts explain flows help monitor reasons sockets status version \
		who; do
		printf '#### %s\n' "$command"
		# shellcheck disable=SC2086 # none is no word
		"$PORTSTEER" $command -h
	done >"$BATS_TEST_TMPDIR/help"
	diff -u "$BATS_TEST_DIRNAME/help.txt" "$BATS_TEST_TMPDIR/help"
	same '' "$(awk 'length > 80 && !/^usage/' "$BATS_TEST_TMPDIR/help")"
}

@test "JSON keys are those that -h lists" {
	ip -n "$HOST" link add eth0 type veth peer name eth1
	steer attach eth0
	steer -q bind tcp any:1 drop name a
	steer -q bind tcp any:2 redirect eth7 via 192.0.2.9
	steer -q bind udp any:1-9 drop
	steer -q bind udp any:2 pass
	same 'action address device endpoint mac name on_missing owner peer port problem protocol rx_bytes rx_packets tx_bytes tx_packets via words' \
		"$(steer -j bindings | jq -r '[.[] | keys[]] | unique | join(" ")')"
	same 'endpoint fix interface kind message netns severity with' \
		"$(steer -j conflicts | jq -r '[.[] | keys[]] | unique | join(" ")')"
	same 'hook interface meaning packets reason' \
		"$(steer -j reasons -v | jq -r '[.[] | keys[]] | unique | join(" ")')"
	same 'abi_version attached bindings capacity generation instance interfaces made_by max_bindings namespace netns path pending problems trial' \
		"$(steer -j status | jq -r '.[0] | keys | join(" ")')"
	same 'attached checked detail fix hook ifindex interface mode other_build program_id programs shared state tag' \
		"$(steer -j status | jq -r '.[0].interfaces[0] | keys | join(" ")')"
	same 'attached_by hook link_id mode name ours priority program_id tag' \
		"$(steer -j status | jq -r '.[0].interfaces[0].programs[0] | keys | join(" ")')"
	same 'abi_version libbpf version' "$(steer -j version | jq -r '.[0] | keys | join(" ")')"
	same "$(steer -j bindings | jq -S .)" "$(steer -p bindings | jq -S .)"
}

@test "without an instance lists are empty, status is an error in the form asked for" {
	for command in bindings conflicts flows reasons; do
		same '' "$(steer "$command")"
		same '[]' "$(steer -j "$command")"
		same '[]' "$(steer -p "$command" | jq -c .)"
	done
	says 4 "{\"error\":\"nothing is attached or bound in instance '$HOST'\",\"kind\":\"not-found\"}" steer -j status
	steer flush
}

@test "JSON errors are one object on stderr, also with quotes and control bytes" {
	same "unknown command 'a\"\\b'" "$(steer -j 'a"\b' 2>&1 | jq -r .error | cut -d';' -f1)"
	same "unknown command '"$'\e'"'" "$(steer -j $'\e' 2>&1 | jq -r .error | cut -d';' -f1)"
	same '' "$(steer -j nonsense 2>/dev/null)"
}

# WORD...: the objects on stderr, some keys of each.
said() {
	steer -j "$@" 2>&1 >/dev/null |
		jq -r '[.kind, .severity, .file, .line, .column] | map(. // "" | tostring) | join(" ")'
}

@test "errors and warnings have their kind and place, as JSON and as text" {
	local file=$BATS_TEST_TMPDIR/file

	printf 'tcp any:1 drop\n  tcp 224.0.0.1:5 redirect none0\n' >"$file"
	same "unreachable warning $file 2 3" "$(said bind --batch "$file" | grep " 2 3$")"
	steer flush
	says 0 "portsteer: $file:2:3: warning: unreachable: tcp 224.0.0.1:5: " steer bind --batch "$file"
	steer -q bind tcp any:1 pass --replace
	steer -q bind tcp 224.0.0.1:5 pass --replace
	same "duplicate error $file 2 3
conflict  $file 1 1" "$(said bind --batch "$file")"
	printf '\ntcp any:2 dorp\n' >"$file"
	same "usage  $file 2 11" "$(said bind --batch "$file")"
	printf 'bindings:\n  - endpoint: tcp any:0\n    action: dorp\n' >"$file"
	same "usage  $file 2 23
usage  $file 3 13
usage    " "$(said apply "$file")"
	same 'not-found    ' "$(said unbind tcp any:9)"
	same 'usage    ' "$(said unbind)"
	same 'refused    ' "$(said apply /nonexistent)"
}

@test "names with control bytes and quotes are escaped everywhere" {
	steer -q bind tcp any:1 drop name $'a\e[31m"b\'\xc2\x9b\tc'
	for words in bindings conflicts 'bind tcp any:1 pass' 'unbind name '$'\e[2Jx'; do
		# shellcheck disable=SC2086 # words
		run steer $words
		same '' "$(printf '%s' "$output" | tr -d '\n' | LC_ALL=C grep -a '[[:cntrl:]]')"
	done
	same $'a\e[31m"b\'\xc2\x9b\tc' "$(steer -j bindings | jq -r '.[0].name')"
	says 3 "(name 'a\\x1b[31m\"b'\\xc2\\x9b\\x09c')" steer bind tcp any:1 pass
}

@test "UTF-8 names are printed as they are in a UTF-8 locale" {
	steer -q bind tcp any:1 drop name 'café'
	says 0 ' café ' env LC_ALL=C.UTF-8 "$PORTSTEER" -n "$HOST" bindings
}

@test "a full disk is an error" {
	steer -q bind tcp any:1 drop
	for words in bindings '-j bindings' conflicts status version '-j version' -h 'bind -h'; do
		status=0
		# shellcheck disable=SC2086 # words
		output=$(steer $words 2>&1 >/dev/full) || status=$?
		echo "$words: $status $output"
		[ "$status" -eq 1 ]
		[[ $output == *'cannot write the output: No space left on device'* ]]
	done
}

@test "a closed pipe ends it quietly" {
	awk 'BEGIN { for (i = 1; i < 20000; i++) print "tcp any:" i " drop" }' |
		steer -q bind --batch -
	# shellcheck disable=SC2016 # for the other shell
	run bash -c 'set -o pipefail; "$1" -n "$2" -j bindings | head -c 1' - "$PORTSTEER" "$HOST"
	same '141 [' "$status $output"
	same 19999 "$(steer -j bindings | jq length)"
}

@test "-q is quiet, also -n and options behind the command work" {
	same '' "$(steer bind -q tcp any:1 drop 2>&1)"
	same '' "$("$PORTSTEER" bind -q tcp any:1 drop -n "$HOST" 2>&1)"
	same '[' "$("$PORTSTEER" bindings -jn "$HOST" | cut -c1)"
	steer -q unbind tcp any:1 --wait 3
	[ ! -e "$PINS/$HOST" ]
}

# WORD...: what it prints on a terminal of 250 columns, carriage returns aside.
on_terminal() {
	script -qec "stty cols 250 rows 5; $(printf '%q ' "$PORTSTEER" -n "$HOST" "$@")" /dev/null \
		</dev/null | tr -d '\r'
}

@test "colour: on a terminal, when asked for, never with NO_COLOR; what has a meaning stays without" {
	local plain

	steer -q bind tcp any:1 drop
	plain=$(steer conflicts)
	[[ $plain == *warning* && $plain != *$'\e'* ]]
	[[ $(on_terminal conflicts) == *$'\e['* ]]
	same "$plain" "$(on_terminal --color never conflicts)"
	same "$plain" "$(NO_COLOR=1 on_terminal conflicts)"
	same "$plain" "$(TERM=dumb on_terminal conflicts)"
	[[ $(NO_COLOR='' on_terminal conflicts) == *$'\e['* ]]
	[[ $(NO_COLOR=1 steer --color always conflicts) == *$'\e['* ]]
	same "$plain" "$(steer --color always conflicts | sed 's/\x1b\[[0-9;]*m//g')"
	[[ $(steer --color always -j conflicts) != *$'\e'* ]]
}

@test "closed descriptors: output that goes nowhere is an error, and hits nothing else" {
	steer -q bind tcp any:1 drop
	for words in bindings '-j bindings' conflicts status; do
		# shellcheck disable=SC2016,SC2086 # for the other shell; words
		run bash -c '"$@" >&-' - "$PORTSTEER" -n "$HOST" $words
		[[ $output == *'cannot write the output: Bad file descriptor'* ]]
		same 1 "$status"
	done
	# shellcheck disable=SC2016 # for the other shell
	run bash -c '"$@" 2>&- <&-' - "$PORTSTEER" -n "$HOST" bind tcp any:0 drop
	same '2 ' "$status $output"
	same 'tcp any:1' "$(steer -j bindings | jq -r '.[].endpoint')"
}

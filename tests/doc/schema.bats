#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# doc/schema describes what really is printed with -j and -p: every key, and
# no other. Needs the Debian package python3-jsonschema.

load ../e2e/lib/net
load ../e2e/lib/cgroup

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	# Debian's python, which is the one that Debian's packages are for.
	PYTHON=/usr/bin/python3
	"$PYTHON" -c 'import jsonschema' || {
		echo "needs jsonschema: apt-get install python3-jsonschema" >&2
		return 1
	}
	export NET_PIDS=() NET_MADE=() # of net_setup, for tests without it
}

teardown() {
	net_teardown
	if [ "${GROUP:-}" ]; then
		cgroup_teardown
	fi
}

# WORD...: what it prints fits its schema. Prints the keys that did not occur.
fits() {
	local format output outputs=()

	for format in -j -p; do
		output=$BATS_TEST_TMPDIR/$1$format
		steer "$format" -v "$@" >"$output" || [ $? -eq 3 ] # an error among conflicts
		outputs+=("$output")
	done
	"$PYTHON" tests/doc/validate.py "doc/schema/$1.json" "${outputs[@]}"
}

# WORD: it fits, and every key of the schema occurred.
fits_wholly() {
	local unseen

	unseen=$(fits "$1")
	same "" "$unseen"
}

@test "the schemas themselves: valid, and each key described" {
	local schema

	for schema in doc/schema/*.json; do
		"$PYTHON" tests/doc/validate.py "$schema"
	done
}

@test "a schema for each command with JSON keys, and no other" {
	local command commands=()

	for command in $("$PORTSTEER" -h | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'); do
		if "$PORTSTEER" "$command" -h | grep -q '^JSON'; then
			commands+=("doc/schema/$command.json")
		fi
	done
	commands+=(doc/schema/error.json) # of what any command prints on stderr
	same "$(printf '%s\n' doc/schema/*.json | sort)" "$(printf '%s\n' "${commands[@]}" | sort)"
}

@test "-h of each command names the keys that its schema has" {
	local schema key help

	for schema in doc/schema/*.json; do
		[[ $schema == */error.json ]] && continue
		help=$("$PORTSTEER" "$(basename "$schema" .json)" -h)
		for key in $(jq -r '.. | .properties? | objects | keys[]' "$schema" | sort -u); do
			grep -qw "$key" <<<"$help" || {
				echo "$schema: '$key' is not in -h" >&2
				return 1
			}
		done
	done
}

@test "version, and an empty array where there is no instance" {
	local word

	net_setup_table
	fits_wholly version
	for word in bindings flows reasons conflicts guard; do
		same '[]' "$(steer -q -j "$word")"
	done
	run steer -q -j status
	[ "$status" -eq 4 ]
	jq -e 'keys == ["error", "kind"]' <<<"$output"
}

@test "reserve: one object, with and without an instance" {
	net_setup_table
	fits_wholly reserve
	steer -q bind tcp any:40000 drop
	steer -q reserve set
	fits_wholly reserve
	same 40000 "$(steer -j reserve | jq -r '.[0].own')"
}

@test "bindings: every protocol, family, action and option" {
	local name='é "x" \n'

	net_setup
	steer -q attach eth0
	steer -q bind tcp,udp,sctp any:1 pass
	steer -q bind tcp any4:80-89 count name "$name"
	steer -q bind tcp any6:https drop
	steer -q bind tcp 192.0.2.0/24:any redirect eth1
	steer -q bind udp '[2001:db8::/32]:53' redirect eth1 via 2001:db8:2::10
	steer -q bind udp 192.0.2.2:53 redirect eth1 mac 02:00:00:00:00:09 on-missing pass
	steer -q bind udp 192.0.2.2:54 redirect eth1 peer
	steer -q bind udp 192.0.2.2:55 redirect eth1 via 198.51.100.77
	steer -q bind udp 192.0.2.2:56 redirect eth9 via 198.51.100.77
	steer -q bind tcp 192.0.2.2:57 socket web on-missing pass
	fits_wholly bindings
	same 12 "$(steer -j bindings | jq length)"
	same "$name" "$(binding 'tcp any4:80-89' name)"
}

@test "sockets: open, closed and missing, of both families; and their hook" {
	net_setup
	steer -q attach netns
	net_web "$HOST" web 8080
	net_echo "$HOST" 5353
	steer socket add web --listening tcp any:8080
	steer socket add dns --listening udp any4:5353
	kill -KILL "${NET_PIDS[-1]}"
	steer -q bind tcp any:7 socket nobody
	net_wait 20 eval 'steer -j sockets | jq -e "any(.state == \"closed\")"'
	fits_wholly sockets
	same "closed missing open open" "$(steer -j sockets | jq -r '[.[].state] | sort | join(" ")')"
	run net_get http://192.0.2.2:7/
	fits status
	fits_wholly reasons
	fits conflicts
}

@test "explain: candidates, a redirect, a socket; frames and their sums" {
	local tcp='tcp 198.51.100.7:1 192.0.2.2:' capture=$BATS_TEST_TMPDIR/capture lines=()

	net_setup
	steer -q attach eth0
	steer -q attach netns
	net_web "$HOST" web 8080
	steer -q socket add web --listening tcp any4:8080
	steer -q bind tcp any:80 socket web
	steer -q bind tcp any:1-90 redirect eth1 via 198.51.100.77 name x
	steer -q bind tcp any:7 redirect eth1
	printf '\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0' >"$capture"
	printf '\1\0\0\0\1\0\0\0\16\0\0\0\16\0\0\0%014d' 0 >>"$capture"
	steer -j explain -r "$capture" >"$capture.frame" 2>"$capture.sums"
	# shellcheck disable=SC2086 # words
	for words in "${tcp}80 vlan 5 dev eth0" "${tcp}7" "${tcp}9 dev eth1"; do
		steer -j -v explain $words >"$capture.${#lines[@]}" 2>/dev/null
		lines+=("$capture.${#lines[@]}")
	done
	same '' "$("$PYTHON" tests/doc/validate.py doc/schema/explain.json "$capture.frame" \
		"$capture.sums" "${lines[@]}")"
}

@test "flows and reasons, by packets of both families" {
	net_setup
	steer -q attach eth0
	steer -q bind udp any:7 count
	net_in "$CLIENT" socat -u - udp4:192.0.2.2:7 <<<hello
	net_in "$CLIENT" socat -u - 'udp6:[2001:db8:1::2]:7' <<<hello
	net_in "$CLIENT" socat -u - udp4:192.0.2.2:8 <<<hello
	fits_wholly flows
	fits_wholly reasons
	same 2 "$(steer -j flows | jq length)"
	same 1 "$(reason xdp unbound)"
}

@test "conflicts: of every kind that a table can hold" {
	net_setup
	net_echo "$HOST" 7
	steer -q attach eth0
	steer -q bind udp any:7 drop
	steer -q bind tcp 192.0.2.0/24:40000-40001 drop
	steer -q bind tcp 192.0.2.0/24:40000 pass
	steer -q bind tcp 192.0.2.0/24:40001 pass
	steer -q bind udp 224.0.0.251:9 drop
	steer -q bind udp any:45000 drop
	cgroup_setup
	steer guard on "$GROUP"
	fits_wholly guard
	run within "$GROUP" "$HOST" socat -u udp4-recv:45000 -
	[ "$status" -eq 1 ]
	same $'column\nline' "$(fits conflicts)"
	steer bindings --yaml >"$BATS_TEST_TMPDIR/file"
	printf -- '  - {endpoint: udp any:7, action: pass}\n' >>"$BATS_TEST_TMPDIR/file"
	[[ $(fits conflicts "$BATS_TEST_TMPDIR/file") != *line* ]]
	same "listener override refused-bind shadowed unreachable" \
		"$(steer -j conflicts | jq -r '[.[].kind] | unique | join(" ")')"
	steer guard off
}

# FILE: the instance came and went.
is_absent_again() {
	[ "$(grep -c '"absent"' "$1")" -eq 2 ]
}

@test "monitor: every event, an object a line" {
	local events=$BATS_TEST_TMPDIR/events keeper object objects=()

	net_setup_table
	cgroup_setup
	"$PORTSTEER" -n "$HOST" -j monitor >"$events" 3>&- &
	NET_PIDS+=($!)
	net_wait 20 test -s "$events"
	steer -q bind tcp any:8080 drop name web
	steer -q bind tcp any:8080 drop --replace name www
	steer guard on "$GROUP"
	net_wait 20 grep -q '"event":"guard"' "$events"
	run within "$GROUP" "$HOST" socat -u tcp4-listen:8080 -
	[ "$status" -eq 1 ]
	net_start "$HOST" socat tcp4-listen:9090 -
	keeper=${NET_PIDS[-1]}
	net_wait 20 net_listens "$HOST" tcp 9090
	steer -q bind tcp any:8080 pass --replace
	steer -q socket add web --pid "$keeper" --listening tcp any4:9090
	net_wait 20 grep -q '"event":"socket"' "$events"
	steer -q socket remove web
	steer guard off
	steer -q flush
	net_wait 20 is_absent_again "$events"
	while read -r object; do
		objects+=("$events.${#objects[@]}")
		printf '%s\n' "$object" >"${objects[-1]}"
	done <"$events"
	[ "${#objects[@]}" -gt 10 ]
	same '' "$("$PYTHON" tests/doc/validate.py doc/schema/monitor.json "${objects[@]}")"
}

@test "status: every hook and mode, and what is stale" {
	net_setup
	steer -q attach eth0
	steer -q attach eth1 mode generic
	ip -n "$HOST" link add eth2 type veth peer name eth3
	steer -q attach eth2 hook tc
	steer -q apply --confirm 3600 - <<<'bindings: [{endpoint: tcp any:1, action: drop}]'
	fits_wholly status
	steer -q confirm
	same 6 "$(steer -j status | jq '.[0].interfaces | length')"
	ip -n "$HOST" link delete eth2
	steer -q apply --confirm 3600 - <<<'bindings: [{endpoint: tcp any:2, action: drop}]'
	fits_wholly status
	steer -q confirm
	same "present $HOST" "$(steer -j status | jq -r '.[0] | "\(.namespace) \(.netns)"')"
	same "attached stale" \
		"$(steer -j status | jq -r '[.[0].interfaces[].state] | unique | join(" ")')"
}

# COMMAND...: each line it prints on stderr fits the schema of errors; they are kept for later.
complains() {
	local line

	run --separate-stderr "$@"
	# shellcheck disable=SC2154 # set by run
	[ -n "$stderr" ]
	while IFS= read -r line; do
		seen=$((seen + 1))
		printf '%s\n' "$line" >"$BATS_TEST_TMPDIR/line.$seen"
	done <<<"$stderr"
}

@test "errors and notes: every exit status, several lines, odd bytes" {
	local seen=0

	net_setup
	complains steer -j nonsense
	complains steer -j $'\e[2J"\\\xff'
	complains steer -j --wait x status
	complains steer --json status
	complains steer -j bindings --yaml
	same '{"error":"--yaml is YAML; it cannot be JSON, too","kind":"usage"}' "$stderr"
	complains steer -p status
	complains steer -j attach lo
	complains steer -j detach eth0
	complains steer -j bind --batch - <<<'tcp any:0 drop'
	complains steer -j -v attach eth0
	complains steer -j bind tcp 10.1.1.1/8:80 redirect eth1
	complains steer -j bind tcp 10.0.0.0/8:80 drop
	complains steer -j bind tcp 10.0.0.0/8:80 redirect eth1
	complains steer -j detach all
	[ "$seen" -ge 14 ]
	same '' "$("$PYTHON" tests/doc/validate.py doc/schema/error.json "$BATS_TEST_TMPDIR"/line.*)"
}

@test "a schema finds what does not fit" {
	printf '{"error":"x","note":"y"}' >"$BATS_TEST_TMPDIR/line"
	run "$PYTHON" tests/doc/validate.py doc/schema/error.json "$BATS_TEST_TMPDIR/line"
	[ "$status" -eq 1 ]
	printf '[{"version":"1","abi_version":1,"libbpf":"v1","new":1}]' >"$BATS_TEST_TMPDIR/line"
	run "$PYTHON" tests/doc/validate.py doc/schema/version.json "$BATS_TEST_TMPDIR/line"
	[ "$status" -eq 1 ]
}

@test "apply: interfaces, sockets, the guard and bindings, added, changed and removed" {
	local at=$BATS_TEST_TMPDIR

	net_setup
	cgroup_setup
	steer -q attach eth0
	steer -q attach eth1 hook tc
	steer guard report "$GROUP"
	net_web "$HOST" web 8080
	steer -q bind tcp any:1 drop name a
	steer -q bind tcp any:2 drop
	cat >"$at/file" <<-END
		guard: {mode: on, cgroup: $GROUP}
		sockets: [{name: web, listening: tcp any4:8080}]
		interfaces: [{device: eth0, mode: generic}, {device: lo, hook: tc}]
		bindings: [{endpoint: tcp any:1, action: pass}, {endpoint: tcp any:3, action: drop}]
	END
	steer -j apply --dry-run "$at/file" >"$at/json" || [ $? -eq 10 ]
	steer -p apply "$at/file" >"$at/pretty"
	same '' "$("$PYTHON" tests/doc/validate.py doc/schema/apply.json "$at/json" "$at/pretty")"
	same "$(jq -c . "$at/json")" "$(jq -c . "$at/pretty")"
	same 'added changed removed' "$(jq -r '[.[].change] | unique | join(" ")' "$at/json")"
	same 8 "$(jq length "$at/json")"
	same "eth0 generic lo $(net_tc_mode)" "$(steer -j status |
		jq -r '[.[0].interfaces[] | select(.hook != "tc-egress") | .interface, .mode] | join(" ")')"
	steer guard off
}

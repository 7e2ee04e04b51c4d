#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What apply prints, refuses and leaves alone; and that the table printed as a
# file makes the same table. Reading files is tests/unit/file/file.c.

load ../e2e/lib/net

setup() {
	net_setup_table
	FILE=$BATS_TEST_TMPDIR/file.yaml
}

teardown() {
	net_teardown
}

# Writes $FILE from stdin.
file() {
	cat >"$FILE"
}

# What the table holds, without what it counted.
table() {
	steer -j bindings | jq -c '[.[] | [.endpoint, .words, .name]]'
}

# STATUS: apply --dry-run of $FILE ends with it, and with -q says nothing.
dry_runs() {
	run steer -q apply --detached --dry-run "$FILE"
	same "$1 " "$status $output"
}

@test "what is added, changed and removed; then there is nothing to do" {
	file <<-'END'
		bindings:
		- {endpoint: 'tcp any:23', action: drop, name: no-telnet}
		- {endpoint: 'tcp,udp [2001:db8::/32]:8000-8999', action: redirect veth-app, on-missing: pass}
	END
	same '+ tcp any:23 drop name no-telnet
+ tcp [2001:db8::/32]:8000-8999 redirect veth-app on-missing pass
+ udp [2001:db8::/32]:8000-8999 redirect veth-app on-missing pass
+3 ~0 -0, generation 1' "$(steer apply --detached "$FILE" 2>/dev/null)"
	same 'nothing to do' "$(steer apply --detached "$FILE" 2>&1)"
	file <<-'END'
		bindings:
		- {endpoint: 'tcp any:23', action: pass}
		- {endpoint: 'tcp [2001:db8::/32]:8000-8999', action: redirect veth-app, on-missing: pass}
		- {endpoint: 'sctp 10.0.0.0/8:9', action: count, name: it's here}
	END
	same "~ tcp any:23 pass  # was: drop name no-telnet
- udp [2001:db8::/32]:8000-8999 redirect veth-app on-missing pass
+ sctp 10.0.0.0/8:9 count name 'it'\\''s here'
+1 ~1 -1, generation 2" "$(steer apply --detached "$FILE" 2>/dev/null)"
	same "it's here" "$(binding 'sctp 10.0.0.0/8:9' name)"
	same 3 "$(table | jq length)"
	same '' "$(steer -q apply --detached - <<<'bindings: []' 2>&1)"
	[ ! -e "$PINS/$HOST" ] # nothing is bound, nothing attached
}

@test "as JSON" {
	steer -q bind tcp any:1 drop name a
	steer -q bind tcp any:2 drop
	file <<<'{"bindings": [{"endpoint": "tcp any:1", "action": "pass"}, {"endpoint": "tcp any:3", "action": "drop"}]}'
	same '[{"change":"changed","endpoint":"tcp any:1","words":"pass","name":"","words_before":"drop","name_before":"a"},{"change":"removed","endpoint":"tcp any:2","words":"drop","name":""},{"change":"added","endpoint":"tcp any:3","words":"drop","name":""}]' \
		"$(steer -j apply --detached "$FILE" 2>/dev/null)"
	same '[]' "$(steer -j apply --detached "$FILE" 2>&1)"
}

@test "every fault at once, with its place; and nothing is changed" {
	local before

	steer -q bind tcp any:7 drop
	before=$(table)
	file <<-'END'
		bindings:
		  - endpoint: tcp any:080
		    action: dorp
		  - endpoint: tcp any:1-10
		    action: drop
		    nmae: x
		  - endpoint: tcp any:5-15
		    action: drop
		  - endpoint: tcp any4:1-10
		    action: drop
		  - endpoint: tcp 0.0.0.0/0:1-10
		    action: pass
	END
	run steer apply --detached "$FILE"
	same 2 "$status"
	same "portsteer: $FILE:2:23: '080' is not a valid port; use 1 to 65535, FIRST-LAST, any, or a service of /etc/services
portsteer: $FILE:3:13: unknown action 'dorp'; valid: pass, count, drop, redirect, socket
portsteer: $FILE:6:5: unknown key of a binding 'nmae'; valid: endpoint, action, name, on-missing, owner; did you mean 'name'?
portsteer: $FILE:7:15: overlap: tcp any:5-15: shares ports 5-10 with tcp any:1-10 in line 4, and neither range is within the other
portsteer: $FILE:9:15: overlap: tcp any4:1-10: shares ports 5-10 with tcp any:5-15 in line 7, and neither range is within the other
portsteer: $FILE:11:15: duplicate: tcp any4:1-10: bound twice here, first in line 9: tcp any4:1-10 drop
portsteer: $FILE:11:15: overlap: tcp any4:1-10: shares ports 5-10 with tcp any:5-15 in line 7, and neither range is within the other
portsteer: 7 faults in $FILE" "$output"
	same "$before" "$(table)"
	run steer -q -j apply --detached - <<<'bindings: [{endpoint: tcp any:0, action: drop}]'
	same '2 {"error":"<stdin>:1:31: port 0 is not a valid port; for every port write '\''any'\''","kind":"usage","file":"<stdin>","line":1,"column":31}' "$status $output"
	same "$before" "$(table)"
}

@test "sound by themselves, wrong together: exit status 3" {
	file <<<'bindings: [{endpoint: tcp any:1, action: drop}, {endpoint: tcp any:1, action: drop}]'
	says 3 "portsteer: $FILE:1:60: duplicate: tcp any:1: bound twice here, first in line 1: tcp any:1 drop" \
		steer apply --detached "$FILE"
	[ ! -e "$PINS/$HOST" ]
}

@test "of many faults the first hundred, and how many there are" {
	{
		echo 'bindings:'
		for i in {1..250}; do echo "- {endpoint: tcp any:0$i, action: drop}"; done
	} | file
	run steer apply --detached "$FILE"
	same '2 101' "$status ${#lines[@]}"
	same "portsteer: 250 faults in $FILE; the first are above" "${lines[100]}"
}

@test "--dry-run: the same words, status 10 or 0, and nothing is changed" {
	file <<<'bindings: [{endpoint: tcp any:1, action: drop}]'
	dry_runs 10
	[ ! -e "$PINS/$HOST" ]
	steer -q bind tcp any:2 drop
	run steer apply --detached --dry-run "$FILE"
	same 10 "$status"
	[[ $output == *$'+ tcp any:1 drop\n- tcp any:2 drop\n+1 ~0 -1, generation 1' ]]
	same '[["tcp any:2","drop",""]]' "$(table)"
	steer -q apply --detached "$FILE"
	dry_runs 0
	same 'nothing to do' "$(steer apply --detached --dry-run "$FILE")"
}

@test "--dry-run --from FILE: file against file, without root" {
	local from=$BATS_TEST_TMPDIR/from.yaml as=(setpriv --reuid 65534 --regid 65534 --clear-groups)

	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	cp "$PORTSTEER" "$BATS_TEST_TMPDIR/portsteer"
	printf 'bindings:\n- {endpoint: tcp any:1, action: drop}\n' >"$from"
	printf 'interfaces: [{device: eth1, hook: tc}, {device: eth2}]\n' >>"$from"
	file <<-'END'
		bindings: [{endpoint: tcp any:1, action: drop}, {endpoint: tcp any:2, action: drop}]
		interfaces: [{device: eth0}, {device: eth2, mode: generic}]
	END
	run "${as[@]}" "$BATS_TEST_TMPDIR/portsteer" apply --dry-run --from "$from" "$FILE"
	same "10 + interface eth0 hook xdp mode native
~ interface eth2 hook xdp mode generic  # was: hook xdp mode native
- interface eth1 hook tc
+ tcp any:2 drop
+2 ~1 -1" "$status $output"
	run "${as[@]}" "$BATS_TEST_TMPDIR/portsteer" apply --dry-run --from "$FILE" "$FILE"
	same "0 nothing to do" "$status $output"
	run steer -j apply --dry-run --from "$FILE" "$from"
	same '{"change":"removed","interface":"eth0","words":"hook xdp mode native"}' \
		"$(jq -c '.[] | select(.interface == "eth0")' <<<"$output")"
	says 2 "$from:3:1: this is not YAML" steer apply --dry-run --from <(cat "$from" -) "$FILE" <<<'}' ||
		says 2 "this is not YAML" steer apply --dry-run --from <(cat "$from" - <<<'}') "$FILE"
}

@test "what bindings --yaml prints, apply takes back unchanged" {
	local before name

	steer bindings --yaml | file
	same $'interfaces: []\nguard: "off"\nsockets: []\nbindings: []' "$(cat "$FILE")"
	same 'nothing to do' "$(steer apply "$FILE" 2>&1)"
	while IFS= read -r row; do
		if [[ $row != '#'* ]]; then
			steer -q bind --replace --batch - <<<"${row% | *}"
		fi
	done < <(grep -v '8000-8999\|1-65535' "$BATS_TEST_DIRNAME/accept.txt")
	for name in 010 no '' 'a b' ' a' 'a: b' 'a #b' $'\e[31m' $'\xc2\x85' $'\n' '"' "'" \\ '~' '<<' \
		'café' $'\ufeff' '{a' 1e3 0x1F 2001-01-01 1:2 - '*a' '&a' '!a' '|' '>' '%a' '@a' '`a'; do
		[ -z "$name" ] || steer -q bind tcp "10.0.0.1:$((++port + 100))" drop name "$name"
	done
	steer -q bind tcp 10.0.0.2:1 redirect '#x' on-missing pass
	before=$(table)
	[ "$(jq length <<<"$before")" -gt 45 ]
	steer bindings --yaml | file
	same 'nothing to do' "$(steer apply "$FILE" 2>&1)"
	steer flush
	steer -q apply "$FILE"
	same "$before" "$(table)"
	same 10 "$(/usr/bin/python3 -c 'import sys, yaml
print(sum(type(v) is not str for b in yaml.safe_load(open(sys.argv[1]))["bindings"] for v in b.values()) + 10)' \
		"$FILE")"
	says 2 "--yaml is YAML" steer -j bindings --yaml
}

@test "a table that is full, also by a limit of this moment: nothing is changed" {
	local before

	steer -q bind tcp any:1 drop --max-bindings 2
	before=$(table)
	file <<<'bindings: [{endpoint: "tcp,udp,sctp any:1", action: drop}]'
	says 1 "binding table full (1 of 2, and 2 more wanted)" steer apply --detached "$FILE"
	says 1 "binding table full (1 of 2, and 2 more wanted)" steer apply --detached --dry-run "$FILE"
	says 1 "binding table full (1 of 1, and 1 more wanted)" \
		steer apply --detached - <<<$'max-bindings: 1\nbindings: [{endpoint: "tcp,udp any:1", action: drop}]'
	same "$before" "$(table)"
	steer -q apply --detached - <<<$'max-bindings: 2\nbindings: [{endpoint: "tcp,udp any:1", action: drop}]'
	same 2 "$(steer -j bindings | jq length)"
}

@test "a file without interfaces, where nothing is attached, is refused unless it is meant" {
	file <<<'bindings: [{endpoint: tcp any:1, action: drop}]'
	says 1 "nothing is attached, and the file has no 'interfaces:', so that its bindings would meet no packet; nothing was changed; name them in the file, or give --detached to attach later" \
		steer apply "$FILE"
	says 1 "nothing is attached" steer apply --dry-run "$FILE"
	[ ! -e "$PINS/$HOST" ]
	steer apply --detached "$FILE"
	says 1 "nothing is attached" steer apply "$FILE"
	steer apply - <<<$'interfaces: []\nbindings: [{endpoint: tcp any:2, action: drop}]'
	steer apply - <<<'bindings: []'
	[ ! -e "$PINS/$HOST" ]
	steer apply - <<<$'interfaces: [{device: netns}]\nbindings: [{endpoint: tcp any:1, action: drop}]'
	steer apply "$FILE" # something is attached
	steer -q detach all
}

@test "two who apply: a table that was changed since is not overwritten" {
	file <<<'bindings: [{endpoint: tcp any:1, action: drop}]'
	run steer apply --detached --dry-run "$FILE"
	same '+1 ~0 -0, generation 0' "${lines[1]}"
	steer apply --detached --if-generation 0 "$FILE"
	steer -q bind tcp any:2 drop
	says 3 "the table is of generation 2, not 1: it was changed since; nothing was changed; 'portsteer -n $HOST apply --dry-run FILE' shows what this file changes now" \
		steer apply --detached --if-generation 1 "$FILE"
	same '[["tcp any:1","drop",""],["tcp any:2","drop",""]]' "$(table)"
	says 3 "generation 2, not 0" steer apply --detached --dry-run --if-generation 0 "$FILE"
	same $'- tcp any:2 drop\n+0 ~0 -1, generation 3' \
		"$(steer apply --detached --if-generation 2 "$FILE" 2>/dev/null)"
	same 3 "$(steer -j status | jq .[0].generation)"
	steer flush
	says 3 "generation 0, not 3" steer apply --detached --if-generation 3 "$FILE"
	[ ! -e "$PINS/$HOST" ]
}

@test "words that are wrong, files that cannot be read" {
	says 2 "apply needs a file, or - for stdin" steer apply
	says 2 "'b' is an unexpected argument" steer apply a b
	says 2 "--from is for --dry-run" steer apply --from a b
	says 1 "cannot open $BATS_TEST_TMPDIR/none: No such file or directory" \
		steer apply "$BATS_TEST_TMPDIR/none"
	says 1 "$BATS_TEST_TMPDIR: cannot read the file: Is a directory" steer apply "$BATS_TEST_TMPDIR"
	says 2 "/dev/null:1:1: expected the keys of the file, found nothing" steer apply /dev/null
	says 1 "cannot write the output: No space left on device; the change is in force" \
		bash -c "\"\$0\" -n \"$HOST\" apply --detached - <<<'bindings: [{endpoint: tcp any:1, action: drop}]' 2>&1 >/dev/full" \
		"$PORTSTEER"
	same '[["tcp any:1","drop",""]]' "$(table)" # it was done all the same
	says 0 "note: the address has bits beyond its prefix; it is bound as tcp 10.0.0.0/8:80" \
		steer apply --detached - <<<'bindings: [{endpoint: tcp 10.1.2.3/8:80, action: drop}]'
}

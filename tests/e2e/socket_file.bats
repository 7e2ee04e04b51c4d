#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Registered sockets in the file of apply, with real servers that come and go.

load lib/net

setup() {
	net_setup
	ip -n "$HOST" route add local 203.0.113.0/24 dev lo
	ip -n "$CLIENT" route add 203.0.113.0/24 via 192.0.2.2
	FILE=$BATS_TEST_TMPDIR/file.yaml
}

teardown() {
	if [ -e "/run/portsteer/$HOST.trial" ]; then
		steer -q confirm
	fi
	net_teardown
}

# [LINE...]: a file that binds a prefix to web, and with those lines of `sockets:`.
file() {
	printf 'interfaces: [{device: netns}]\nbindings:\n' >"$FILE"
	printf -- '- {endpoint: tcp 203.0.113.0/24:80, action: socket web}\n' >>"$FILE"
	printf '%s\n' "$@" >>"$FILE"
}

# What is registered.
sockets() {
	steer -j sockets | jq -r '.[] | "\(.name) \(.socket) \(.state)"'
}

sockets_are() {
	same "$1" "$(sockets)"
}

# SOCKET...: a process that has them, see hold.py.
start_server() {
	rm -f "$BATS_TEST_TMPDIR/ready"
	net_start "$HOST" /usr/bin/python3 "$BATS_TEST_DIRNAME/lib/hold.py" \
		"$BATS_TEST_TMPDIR/ready" "$@"
	net_wait 20 test -e "$BATS_TEST_TMPDIR/ready"
}

WEB='- {name: web, listening: tcp 127.0.0.1:8080}'

@test "a server is registered, killed, started anew and taken over by the same file" {
	net_web "$HOST" first 8080
	file 'sockets:' '- {name: web, listening: tcp any4:8080}'
	says 10 '+ socket web --listening tcp any4:8080' steer apply --dry-run "$FILE"
	same '' "$(sockets)"
	same $'+ interface netns\n+ socket web --listening tcp any4:8080\n+ tcp 203.0.113.0/24:80 socket web\n+3 ~0 -0, generation 1' \
		"$(steer apply "$FILE")"
	same first "$(net_get http://203.0.113.7/)"
	same 'nothing to do' "$(steer apply "$FILE" 2>&1)"
	kill "${NET_PIDS[-1]}"
	net_wait 20 sockets_are 'web tcp any4:8080 closed'
	says 0 "no socket listens on tcp any4:8080: socket 'web' is as it was; apply again when it is open" \
		steer apply "$FILE"
	same 'web tcp any4:8080 closed' "$(sockets)"
	net_web "$HOST" second 8080
	says 0 '~ socket web --listening tcp any4:8080  # was: others' steer apply "$FILE"
	same second "$(net_get http://203.0.113.7/)"
	same 'web tcp any4:8080 open' "$(sockets)"
}

@test "names that the file has no more are removed; without the key all stay" {
	start_server tcp,127.0.0.1,8080 tcp,127.0.0.1,8081 udp,127.0.0.1,53
	file 'sockets:' "$WEB" '- {name: web, listening: tcp 127.0.0.1:8081}' \
		'- {name: dns, listening: udp 127.0.0.1:53}'
	steer -q apply "$FILE"
	same $'dns udp 127.0.0.1:53 open\nweb tcp 127.0.0.1:8080 open\nweb tcp 127.0.0.1:8081 open' \
		"$(sockets)"
	file
	same 'nothing to do' "$(steer apply "$FILE")"
	file 'sockets:' "$WEB"
	same $'- socket dns --listening udp 127.0.0.1:53\n- socket web --listening tcp 127.0.0.1:8081' \
		"$(steer apply "$FILE" | head -n -1)"
	same 'web tcp 127.0.0.1:8080 open' "$(sockets)"
	same 'nothing to do' "$(steer apply "$FILE")"
	file 'sockets: []'
	says 0 '- socket web --listening tcp 127.0.0.1:8080' steer apply "$FILE"
	same 'web  missing' "$(sockets)"
}

@test "what bindings --yaml prints, apply takes back" {
	start_server tcp,127.0.0.1,8080,reuseport tcp,127.0.0.1,8080,reuseport udp,::,53
	steer -q attach netns
	steer -q socket add web --listening tcp 127.0.0.1:8080
	steer -q socket add dns --listening udp any:53
	steer -q bind tcp 203.0.113.0/24:80 socket web
	steer bindings --yaml >"$FILE"
	same 2 "$(grep -c listening "$FILE")"
	same 'nothing to do' "$(steer apply "$FILE" 2>&1)"
	steer -q socket remove web
	steer -q socket remove dns
	steer -q apply "$FILE" >/dev/null
	same 3 "$(sockets | grep -c open)"
	same "$(cat "$FILE")" "$(steer bindings --yaml)"
}

@test "a change that is refused leaves sockets as they were" {
	start_server tcp,127.0.0.1,8080 tcp,127.0.0.1,8081 tcp,0.0.0.0,22
	steer -q attach netns
	steer -q attach eth0
	steer -q socket add web --listening tcp 127.0.0.1:8080
	file 'sockets:' "$WEB" '- {name: web, listening: tcp 127.0.0.1:8081}' \
		'- {name: new, listening: tcp 127.0.0.1:8081}'
	sed -i '/bindings:/a - {endpoint: tcp any:22, action: drop}' "$FILE"
	sed -i '/interfaces/d' "$FILE"
	says 3 'nothing was changed' steer apply --strict "$FILE"
	same 'web tcp 127.0.0.1:8080 open' "$(sockets)"
	steer -q apply "$FILE" >/dev/null
	same 3 "$(sockets | grep -c open)"
}

@test "apply --confirm takes sockets back" {
	start_server tcp,127.0.0.1,8080 tcp,127.0.0.1,8081
	steer -q attach netns
	steer -q socket add web --listening tcp 127.0.0.1:8080
	file 'sockets:' '- {name: web, listening: tcp 127.0.0.1:8081}'
	steer -q apply --confirm 60 "$FILE" >/dev/null
	same 'web tcp 127.0.0.1:8081 open' "$(sockets)"
	steer -q confirm --revert
	same 'web tcp 127.0.0.1:8080 open' "$(sockets)"
}

@test "sockets that are none are refused, each with its place" {
	file 'sockets:' '- {name: a/b, listening: tcp 127.0.0.1:1-2}' "$WEB" "$WEB" '- {name: web}'
	says 2 "$FILE:5:26: a socket listens at one port of one address, or of 'any'" steer apply "$FILE"
	says 2 "$FILE:7:3: duplicate: socket 'web' at this place is in line 6 already" steer apply "$FILE"
	says 2 "$FILE:8:3: a socket needs 'listening'" steer apply "$FILE"
	says 2 "4 faults in $FILE" steer apply "$FILE"
	[ ! -e "$PINS/$HOST" ]
}

@test "conflicts FILE knows the names that the file registers" {
	file 'sockets:' "$WEB"
	run steer conflicts "$FILE"
	[[ $output != *'no socket is registered'* ]]
	file 'sockets: [{name: dns, listening: udp 127.0.0.1:53}]'
	says 0 "no socket is registered as 'web'" steer conflicts "$FILE"
	file 'sockets: [{name: web, listening: udp 127.0.0.1:53}]'
	says 0 "none of the sockets registered as 'web' accepts tcp" steer conflicts "$FILE"
}

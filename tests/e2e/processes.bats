#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Processes whose sockets are registered: a binding to their sockets lets them bind, and nobody
# else, not even who has the number of one that ended.

load ../lib/net
load ../lib/cgroup

NO=EADDRINUSE

setup() {
	guard_setup
}

teardown() {
	local input=${BINDER[1]:-}

	if [ "$input" ]; then
		exec {input}>&- # it ends with that
		run wait "$BINDER_PID"
	fi
	guard_teardown
}

# SOCKET...: a server that waits there; its number is $SERVER
serve() {
	coproc BINDER {
		within "$GROUP" "$HOST" /usr/bin/python3 \
			"$BATS_TEST_DIRNAME/../lib/binder.py" --serve "$@" 3>&-
	} 2>/dev/null
	read -r -t 10 SERVER <&"${BINDER[0]}"
}

# WORDS...: what the server answers
tells() {
	local line

	echo "$*" >&"${BINDER[1]}"
	read -r -t 10 line <&"${BINDER[0]}"
	echo "$line"
}

# The server is killed, and its number is free.
end() {
	local job=$BINDER_PID

	echo die >&"${BINDER[1]}"
	run wait "$job"
}

@test "a binding to sockets forbids all but the processes that have them" {
	steer guard on "$GROUP"
	steer -q bind tcp 192.0.2.2:8080 socket web
	same "$NO" "$(binds tcp,192.0.2.2,8080)" # nobody is registered
	serve tcp,127.0.0.1,9000
	same "$NO" "$(tells bind tcp,192.0.2.2,8080)"
	steer socket add web --pid "$SERVER" --listening tcp 127.0.0.1:9000
	same "ok ok $NO" "$(tells bind tcp,192.0.2.2,8080 tcp,192.0.2.2,8080) $(binds tcp,192.0.2.2,8080)"
	same ok "$(tells thread tcp,192.0.2.2,8080)"
	same "$NO" "$(tells fork tcp,192.0.2.2,8080)" # another process, though it has the socket
	steer -q bind tcp 192.0.2.2:8081 socket other
	steer -q bind tcp 192.0.2.2:8082 drop
	same "$NO $NO ok" "$(tells bind tcp,192.0.2.2,8081 tcp,192.0.2.2,8082 tcp,192.0.2.2,8083)"
	same "ok ok" "$(binds tcp,127.0.0.1,8080 tcp,0.0.0.0,8080)" # never its packets; nobody's
	steer -q bind udp any:53 socket web
	same "ok ok $NO $NO" "$(tells bind udp,0.0.0.0,53 udp,::,53) $(binds udp,0.0.0.0,53 udp,::,53)"
	steer socket remove web
	same "$NO" "$(tells bind tcp,192.0.2.2,8080)"
}

@test "a process that closes its socket or becomes another program is the same" {
	steer guard on "$GROUP"
	steer -q bind tcp 192.0.2.2:8080 socket web
	serve tcp,192.0.2.2,9000
	steer socket add web --pid "$SERVER" --listening tcp 192.0.2.2:9000
	same closed "$(tells close)"
	same closed "$(steer -j sockets | jq -r '.[].state')"
	same ok "$(tells bind tcp,192.0.2.2,8080)"
	same "$SERVER" "$(tells exec)"
	same ok "$(tells bind tcp,192.0.2.2,8080)"
}

@test "owner pid: the same processes alone, at loopback and every address as well" {
	steer guard on "$GROUP"
	serve tcp,127.0.0.1,9000
	steer socket add web --pid "$SERVER" --listening tcp 127.0.0.1:9000
	steer -q bind tcp any:8080 socket web owner pid
	same "$NO $NO $NO" "$(binds tcp,0.0.0.0,8080 tcp,127.0.0.1,8080 tcp,::,8080)"
	same "ok ok ok" "$(tells bind tcp,0.0.0.0,8080 tcp,127.0.0.1,8080 tcp,::,8080)"
	same "$NO ok" "$(tells fork tcp,127.0.0.1,8080) $(tells thread tcp,127.0.0.1,8080)"
	steer -q bind tcp 192.0.2.2:8081 socket web owner pid
	same "$NO $NO ok" "$(binds tcp,192.0.2.2,8081 tcp,0.0.0.0,8081 tcp,127.0.0.1,8081)"
	same "ok ok" "$(tells bind tcp,192.0.2.2,8081 tcp,0.0.0.0,8081)"
	steer -q bind tcp any:8080 socket other --replace # whose sockets are somebody else's
	same "socket other owner pid" "$(binding 'tcp any:8080' words)"
	same "$NO $NO" "$(tells bind tcp,0.0.0.0,8080) $(tells bind tcp,127.0.0.1,8080)"
	steer socket add other --pid "$SERVER" --listening tcp 127.0.0.1:9000
	same "ok ok" "$(tells bind tcp,0.0.0.0,8080 tcp,127.0.0.1,8080)"
	steer -q bind tcp any:8080 drop --replace # cannot have that owner
	same "drop" "$(binding 'tcp any:8080' words)"
	same "$NO ok" "$(tells bind tcp,0.0.0.0,8080) $(binds tcp,127.0.0.1,8080)"
	end
	same "$NO" "$(binds --pid "$SERVER" tcp,192.0.2.2,8081)"
}

@test "owner pid is kept: printed, typed back, applied" {
	local file="$BATS_TEST_TMPDIR/file"

	steer -q bind tcp any:8080 socket web on-missing pass owner pid name web
	same pid "$(binding 'tcp any:8080' owner)"
	same "socket web on-missing pass owner pid" "$(binding 'tcp any:8080' words)"
	steer bindings --yaml >"$file"
	grep -qx '    owner: pid' "$file"
	says 0 'nothing to do' steer apply --dry-run "$file"
	steer -q flush
	steer -q apply "$file" >/dev/null
	same pid "$(binding 'tcp any:8080' owner)"
	sed -i 's/socket web/drop/; /on-missing/d' "$file"
	says 2 "owner pid' is for the action 'socket NAME': it is the processes whose sockets are registered by that name; here, user:NAME or cgroup:/PATH" \
		steer apply "$file"
	same pid "$(binding 'tcp any:8080' owner)"
}

@test "of those that share a socket the oldest has it; registered again, who is said" {
	local child=$$

	steer guard on "$GROUP"
	steer -q bind tcp 192.0.2.2:8080 socket web
	serve tcp,127.0.0.1,9000
	while [ -e "/proc/$child" ]; do # below the server's number, so it comes first in /proc
		child=$((child - 1))
	done
	same kept "$(tells keep "$child")"
	steer socket add web --listening tcp 127.0.0.1:9000
	same "$SERVER" "$(steer -j sockets | jq '.[].pid')"
	same ok "$(tells bind tcp,192.0.2.2,8080)"
	says 0 "registered as 'web' already" \
		steer socket add web --pid "$child" --listening tcp 127.0.0.1:9000
	same "$child" "$(steer -j sockets | jq '.[].pid')"
	same "$NO" "$(tells bind tcp,192.0.2.2,8080)"
}

@test "who gets the number of a process that was killed is a stranger" {
	steer guard on "$GROUP"
	steer -q bind tcp 192.0.2.2:8080 socket web
	serve tcp,127.0.0.1,9000
	steer socket add web --pid "$SERVER" --listening tcp 127.0.0.1:9000
	same ok "$(tells bind tcp,192.0.2.2,8080)"
	end
	same "ok $NO" "$(binds --pid "$SERVER" tcp,192.0.2.2,8081 tcp,192.0.2.2,8080)"
	[ "$(tried attempt.count)" = 1 ]
	same "$SERVER closed" "$(steer -j sockets | jq -r '.[] | "\(.pid) \(.state)"')"
}

@test "numbers of a pid namespace, in which portsteer is as well" {
	local outside

	steer guard on "$GROUP"
	steer -q bind tcp 192.0.2.2:8080 socket web
	unshare --pid --fork --mount-proc --kill-child sleep 300 3>&- &
	NET_PIDS+=($!)
	net_wait 5 pgrep -P $!
	INSIDE=$(pgrep -P $!)
	export INSIDE
	serve tcp,127.0.0.1,9000
	outside=$(pgrep -f "binder.py --serve tcp,127.0.0.1,9000" -n)
	[ "$SERVER" -lt "$outside" ]
	within "$GROUP" "$HOST" "$PORTSTEER" -n "$HOST" socket add web --pid "$SERVER" \
		--listening tcp 127.0.0.1:9000
	same "$SERVER" "$(steer -j sockets | jq '.[].pid')"
	same "ok $NO" "$(tells bind tcp,192.0.2.2,8080) $(tells fork tcp,192.0.2.2,8080)"
	end
	same "$NO" "$(binds --pid "$SERVER" tcp,192.0.2.2,8080)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Processes whose sockets are registered: a binding to their sockets lets them bind, and nobody
# else, not even who has the number of one that ended.
# shellcheck disable=SC2030,SC2031 # each test has processes of its own

load lib/net
load lib/cgroup

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
	if [ "${WEB:-}" ]; then
		kill -TERM "$(cat "$WEB/nginx.pid")" # its workers would outlive it if it were killed
		net_wait 20 test ! -e "$WEB/nginx.pid"
	fi
	guard_teardown
}

# SOCKET...: a server that waits there; its number is $SERVER
serve() {
	coproc BINDER {
		within "$GROUP" "$HOST" /usr/bin/python3 \
			"$BATS_TEST_DIRNAME/lib/binder.py" --serve "$@" 3>&-
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

# The socket that is registered was closed.
is_closed() {
	[ "$(steer -j sockets | jq -r '.[].state')" = closed ]
}

# NUMBER: so many processes wait.
is_group() {
	[ "$(wc -l <"$BATS_TEST_TMPDIR/group")" = "$1" ]
}

# PORT...: the configuration of the nginx in $WEB, which listens at these
nginx_listens() {
	local port

	{
		printf 'daemon off; pid nginx.pid; error_log error.log; worker_processes 2;\n'
		printf 'events {}\nhttp { access_log off;\n'
		printf 'client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .;\n'
		printf 'uwsgi_temp_path .; scgi_temp_path .;\n'
		printf 'server { keepalive_timeout 0; return 200 "web";\n'
		for port; do
			printf 'listen 192.0.2.2:%s;\n' "$port"
		done
		printf '} }\n'
	} >"$WEB/nginx.conf"
}

# NUMBER: what an nginx could not bind, so often
nginx_was_refused() {
	[ "$(grep -c 'bind() to .* failed (98: Address already in use)' "$WEB/error.log")" -ge "$1" ]
}

# In the background, as its own master.
start_nginx() {
	WEB=$BATS_TEST_TMPDIR/nginx
	mkdir "$WEB"
	chmod 755 "$BATS_TEST_TMPDIR" "$WEB"
	nginx_listens 8080
	within "$GROUP" "$HOST" nginx -p "$WEB" -c nginx.conf >/dev/null 2>&1 3>&- &
	net_wait 20 net_listens "$HOST" tcp 8080
	MASTER=$(cat "$WEB/nginx.pid")
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
	says 2 "owner pid' needs the action 'socket NAME', and means the processes whose sockets have that name; use user:NAME or cgroup:/PATH here" \
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
	net_wait 20 pgrep -P $!
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

@test "nginx, whose sockets are registered, may bind again when it is told to; others may not" {
	local other="$BATS_TEST_TMPDIR/other.conf"

	start_nginx
	steer guard on "$GROUP"
	steer -q bind tcp 192.0.2.2:8080-8089 socket web
	nginx_listens 8080 8081
	kill -HUP "$MASTER"
	net_wait 10 nginx_was_refused 5 # it tries as often
	run net_listens "$HOST" tcp 8081
	[ "$status" -ne 0 ]
	steer socket add web --listening tcp 192.0.2.2:8080
	same "$MASTER nginx" "$(steer -j sockets | jq -r '.[] | "\(.pid) \(.command)"')"
	kill -HUP "$MASTER"
	net_wait 10 net_listens "$HOST" tcp 8081
	nginx_listens 8082 # and closes the one that is registered
	kill -HUP "$MASTER"
	net_wait 10 net_listens "$HOST" tcp 8082
	net_wait 10 is_closed
	nginx_listens 8080
	kill -HUP "$MASTER"
	net_wait 10 net_listens "$HOST" tcp 8080
	same "$NO $NO" "$(AS=65534 binds tcp,192.0.2.2,8083) $(binds tcp,192.0.2.2,8083)"
	sed 's/8080/8084/; s/nginx.pid/other.pid/' "$WEB/nginx.conf" >"$other"
	says 1 '192.0.2.2:8084 failed (98: Address already in use)' timeout 20 bash -c \
		"$(declare -f within); MOUNT=$MOUNT; within $GROUP $HOST nginx -p $WEB -c $other -g 'error_log stderr;'"
}

@test "an SO_REUSEPORT group: what belongs to it joins, a stranger does not, and gets nothing" {
	local member

	steer guard on "$GROUP"
	steer -q bind tcp 192.0.2.2:8080 pass owner "cgroup:$GROUP/inner"
	within "$GROUP/inner" "$HOST" /usr/bin/python3 - "$BATS_TEST_TMPDIR/group" >/dev/null 3>&- <<'PYTHON' &
import os
import socket
import sys


def serve():
    with socket.socket() as waiting:
        waiting.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        waiting.bind(("192.0.2.2", 8080))
        waiting.listen()
        os.write(ready, f"{os.getpid()}\n".encode())
        while True:
            with waiting.accept()[0] as link:
                link.sendall(f"{os.getpid()}\n".encode())


ready = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY | os.O_APPEND)
for _ in range(2):
    if not os.fork():
        serve()
serve()
PYTHON
	net_wait 10 is_group 3
	while read -r member; do
		NET_PIDS+=("$member")
	done <"$BATS_TEST_TMPDIR/group"
	within "$GROUP" "$HOST" /usr/bin/python3 - "$BATS_TEST_TMPDIR/stop" \
		>"$BATS_TEST_TMPDIR/stranger" 3>&- <<'PYTHON' &
import os
import socket
import sys

got = tries = 0
while not os.path.exists(sys.argv[1]):
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        tries += 1
        try:
            stranger.bind(("192.0.2.2", 8080))
            stranger.listen()
            got += 1
        except OSError:
            pass
print(got, tries)
PYTHON
	for _ in {1..60}; do
		net_in "$HOST" socat -u tcp4:192.0.2.2:8080 - >>"$BATS_TEST_TMPDIR/answers"
	done
	touch "$BATS_TEST_TMPDIR/stop"
	wait $!
	same 60 "$(wc -l <"$BATS_TEST_TMPDIR/answers")"
	same "$(sort "$BATS_TEST_TMPDIR/group")" "$(sort -u "$BATS_TEST_TMPDIR/answers")"
	cat "$BATS_TEST_TMPDIR/stranger"
	[[ $(cat "$BATS_TEST_TMPDIR/stranger") =~ ^0\ [0-9]{2,}$ ]]
}

@test "port 0 and SO_REUSEPORT, on what belongs to a process" {
	net_in "$HOST" sysctl -q -w net.ipv4.ip_local_port_range='40000 40009'
	steer guard on "$GROUP"
	serve tcp,192.0.2.2,40003,reuseport
	steer socket add web --listening tcp 192.0.2.2:40003
	steer -q bind tcp,udp any:40000-40008 socket web owner pid
	same "ok $NO" "$(tells bind tcp,192.0.2.2,40003,reuseport) $(binds tcp,192.0.2.2,40003,reuseport)"
	steer -q reserve set
	same "ok ok ok" "$(binds tcp,0.0.0.0,0 udp,0.0.0.0,0 tcp,::,0)"
	same "ok ok" "$(tells bind tcp,0.0.0.0,0 udp,192.0.2.2,0)"
	steer unreserve
}

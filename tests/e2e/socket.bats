#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Steering to sockets of real programs: what is delivered to the host goes to
# one that waits elsewhere. The client reaches 203.0.113.0/24 and 2001:db8:3::/64
# through the host, on whose interfaces they are not.

load lib/net
load lib/foreign

setup() {
	net_setup
	ip -n "$HOST" route add local 203.0.113.0/24 dev lo
	ip -n "$HOST" -6 route add local 2001:db8:3::/64 dev lo
	ip -n "$CLIENT" route add 203.0.113.0/24 via 192.0.2.2
	ip -n "$CLIENT" -6 route add 2001:db8:3::/64 via 2001:db8:1::2
}

# The workers of one that is killed live on.
end_nginx() {
	local pid

	for pid in "$BATS_TEST_TMPDIR"/*/nginx.pid; do
		if [ -s "$pid" ]; then
			kill -TERM "$(cat "$pid")"
			net_wait 20 test ! -e "$pid"
		fi
	done
}

teardown() {
	end_nginx
	foreign_teardown
	net_teardown
}

# URL TEXT: the client gets that.
answers() {
	same "$2" "$(net_get "$1")"
}

# URL: nobody waits there.
is_refused() {
	run net_get "$1"
	[ "$status" -eq 7 ] || {
		echo "$1: curl ended with $status, not 7: $output" >&2
		return 1
	}
}

# DIRECTORY TEXT LISTEN...: nginx of its own, whose master holds the sockets.
start_nginx() {
	local at=$BATS_TEST_TMPDIR/$1 text=$2 listen

	shift 2
	mkdir -p "$at"
	{
		printf 'daemon off; pid nginx.pid; error_log error.log; worker_processes 2;\n'
		printf 'events {}\nhttp { access_log off;\n'
		printf 'client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .;\n'
		printf 'uwsgi_temp_path .; scgi_temp_path .;\n'
		printf 'server { keepalive_timeout 0; return 200 "%s";\n' "$text"
		for listen; do
			printf 'listen %s;\n' "$listen"
		done
		printf '} }\n'
	} >"$at/nginx.conf"
	chmod 755 "$BATS_TEST_TMPDIR" "$at"
	net_start "$HOST" nginx -p "$at" -c nginx.conf
	net_wait 20 test -s "$at/nginx.pid"
}

# NAME FILTER: of its sockets, one a line.
sockets() {
	steer -j sockets | jq -r --arg name "$1" ".[] | select(.name == \$name) | $2"
}

start_echo() {
	net_start "$HOST" "$BATS_TEST_DIRNAME/../../build/examples/udp-echo" "$1" "$2"
	ECHO=$!
	net_wait 20 net_listens "$HOST" udp "$2"
}

@test "one listening socket serves a prefix with all its ports" {
	net_web "$HOST" web 8080
	steer attach netns
	steer socket add web --listening tcp any4:8080
	steer socket add web --listening tcp any6:8080
	run -0 steer bind tcp 203.0.113.0/24:any socket web
	same "" "$output"
	steer bind tcp '[2001:db8:3::/64]:1000-1999' socket web
	answers http://203.0.113.1/ web
	answers http://203.0.113.254:65535/ web
	answers 'http://[2001:db8:3::9]:1999/' web
	is_refused http://192.0.2.2/
	is_refused 'http://[2001:db8:3::9]:2000/'
	answers http://192.0.2.2:8080/ web
	same 2 "$(sockets web 'select(.socket == "tcp any4:8080").taken')"
	same 1 "$(sockets web 'select(.socket == "tcp any6:8080").taken')"
	same 3 "$(reason sk-lookup socket)"
	same "[]" "$(steer -j conflicts)"
}

@test "an interface counts packets for a socket, and passes them" {
	net_web "$HOST" web 8080
	steer attach netns
	steer attach eth0
	steer socket add web --listening tcp any4:8080
	steer bind tcp 203.0.113.0/24:80 socket web
	answers http://203.0.113.1/ web
	[ "$(binding 'tcp 203.0.113.0/24:80' rx_packets)" -ge 4 ]
	[ "$(binding 'tcp 203.0.113.0/24:80' tx_packets)" -ge 3 ]
	same "$(binding 'tcp 203.0.113.0/24:80' rx_packets)" "$(reason xdp socket)"
	same 1 "$(reason sk-lookup socket)"
}

@test "a UDP server answers from the address and port that it was asked at" {
	steer attach netns
	start_echo 127.0.0.1 5353
	steer socket add dns --pid "$ECHO" --listening udp 127.0.0.1:5353
	steer bind udp 203.0.113.0/24:any socket dns
	start_echo ::1 5354
	steer socket add dns --pid "$ECHO" --listening udp '[::1]:5354'
	steer bind udp '[2001:db8:3::/64]:any' socket dns
	same hello "$(net_ask 203.0.113.7 53 hello)" # socat takes no answer from elsewhere
	same there "$(net_ask 203.0.113.8 65535 there)"
	same six "$(net_ask '[2001:db8:3::77]' 53 six udp6)"
	same "" "$(net_ask 192.0.2.2 53 nobody)"
	same $'2\n1' "$(sockets dns .taken)"
}

@test "what a process closed is refused, shown, and taken over by its successor" {
	steer attach netns
	start_nginx one one 127.0.0.1:8080
	steer socket add web --listening tcp 127.0.0.1:8080
	steer bind tcp 203.0.113.1:80 socket web
	steer bind tcp 203.0.113.2:80 socket web on-missing pass
	answers http://203.0.113.1/ one
	kill "$(cat "$BATS_TEST_TMPDIR/one/nginx.pid")"
	net_wait 5 test "$(sockets web .state)" = closed || net_wait 5 is_refused http://203.0.113.1/
	same closed "$(sockets web .state)"
	is_refused http://203.0.113.1/
	is_refused http://203.0.113.2/
	net_web "$HOST" stranger 80
	is_refused http://203.0.113.1/
	answers http://203.0.113.2/ stranger
	[ "$(reason sk-lookup no-socket)" -ge 2 ]
	[ "$(reason sk-lookup no-socket-pass)" -ge 2 ]
	says 0 "socket 'web': tcp 127.0.0.1:8080 of 'nginx', pid" steer conflicts
	says 0 "portsteer -n $HOST socket add web --listening tcp 127.0.0.1:8080" steer conflicts
	start_nginx two two 127.0.0.1:8080
	is_refused http://203.0.113.1/
	steer socket add web --listening tcp 127.0.0.1:8080
	answers http://203.0.113.1/ two
	answers http://203.0.113.2/ two
	same open "$(sockets web .state)"
	same null "$(steer -j conflicts | jq '.[] | select(.kind == "stale")' | jq -s 'first')"
}

# 1 000 connections a second, before, while and after another process takes over.
@test "a restart under load loses no connection" {
	local rate
	steer attach netns
	start_nginx old old '127.0.0.1:8080 reuseport'
	steer socket add web --listening tcp 127.0.0.1:8080
	steer bind tcp 203.0.113.0/24:any socket web
	net_in "$HOST" "$BATS_TEST_DIRNAME/lib/knock.py" 203.0.113.5 1000 \
		"$BATS_TEST_TMPDIR/stop" >"$BATS_TEST_TMPDIR/knocks" 3>&- &
	knocks=$!
	net_wait 30 test -e "$BATS_TEST_TMPDIR/stop.begun"
	sleep 2
	start_nginx new new '127.0.0.1:8080 reuseport'
	steer socket add web --replace --listening tcp 127.0.0.1:8080 \
		--pid "$(cat "$BATS_TEST_TMPDIR/new/nginx.pid")"
	sleep 2
	net_wait 1 kill -0 "$(cat "$BATS_TEST_TMPDIR/old/nginx.pid")" # it still holds its sockets
	kill -QUIT "$(cat "$BATS_TEST_TMPDIR/old/nginx.pid")"
	sleep 2
	touch "$BATS_TEST_TMPDIR/stop"
	wait "$knocks"
	cat "$BATS_TEST_TMPDIR/knocks"
	rate=$(awk '$1 == "rate" { print $2 }' "$BATS_TEST_TMPDIR/knocks")
	grep -qx 'failed 0' "$BATS_TEST_TMPDIR/knocks"
	[ "$(awk '$1 == "old" { print $2 }' "$BATS_TEST_TMPDIR/knocks")" -ge 100 ]
	[ "$(awk '$1 == "new" { print $2 }' "$BATS_TEST_TMPDIR/knocks")" -ge 100 ]
	echo "# $rate connections a second" >&3
	same 0 "$(reason sk-lookup no-socket)"
}

@test "established connections are not disturbed by bind, unbind and apply" {
	local line
	steer attach netns
	net_start "$HOST" socat tcp4-listen:8080,fork,reuseaddr exec:cat
	net_start "$HOST" socat tcp4-listen:80,fork,reuseaddr exec:cat
	net_wait 20 net_listens "$HOST" tcp 80
	net_wait 20 net_listens "$HOST" tcp 8080
	steer socket add web --listening tcp any4:8080
	coproc LINK { net_in "$CLIENT" socat - tcp4:203.0.113.1:80 3>&-; }
	steer -q bind tcp 203.0.113.1:80 socket web
	coproc OTHER { net_in "$CLIENT" socat - tcp4:203.0.113.1:80 3>&-; } 2>/dev/null
	for step in bind unbind apply remove; do
		echo "$step" >&"${LINK[1]}"
		read -r -t 5 line <&"${LINK[0]}"
		same "$step" "$line"
		echo "other $step" >&"${OTHER[1]}"
		read -r -t 5 line <&"${OTHER[0]}"
		same "other $step" "$line"
		case $step in
		bind) steer -q unbind tcp 203.0.113.1:80 ;;
		unbind) printf 'bindings:\n  - endpoint: tcp any:80\n    action: socket nobody\n' |
			steer -q apply - ;;
		apply) steer socket remove web ;;
		esac
	done
	kill "$LINK_PID" "$OTHER_PID"
	is_refused http://203.0.113.1/
}

@test "workers that share a place are all registered, and share what comes" {
	steer attach netns
	start_nginx web web '127.0.0.1:8080 reuseport'
	steer socket add web --listening tcp 127.0.0.1:8080
	same 2 "$(sockets web .cookie | sort -u | wc -l)"
	steer bind tcp 203.0.113.0/24:any socket web
	for i in {1..40}; do
		answers "http://203.0.113.1:$((1000 + i))/" web
	done
	same 40 "$(sockets web .taken | jq -s add)"
	[ "$(sockets web .taken | sort -n | head -n 1)" -ge 5 ]
	run -0 steer -v socket add web --listening tcp 127.0.0.1:8080
	[[ $output == *"registered as 'web' already"* ]]
}

@test "redis, with its socket taken by number" {
	local fd
	steer attach netns
	net_start "$HOST" redis-server --port 6000 --bind 127.0.0.1 --save '' \
		--protected-mode no --dir "$BATS_TEST_TMPDIR"
	net_wait 20 net_listens "$HOST" tcp 6000
	fd=$(net_in "$HOST" ss -Hltnp 'sport = :6000' | sed 's/.*fd=\([0-9]*\).*/\1/')
	steer socket add cache --pid $! --fd "$fd"
	steer bind tcp 203.0.113.9:6379 socket cache
	same PONG "$(net_in "$CLIENT" redis-cli -h 203.0.113.9 ping)"
	same redis-server "$(sockets cache .command)"
}

@test "a socket that systemd activates" {
	steer attach netns
	net_start "$HOST" systemd-socket-activate -l 127.0.0.1:8080 --inetd -a cat
	net_wait 20 net_listens "$HOST" tcp 8080
	steer socket add unit --listening tcp 127.0.0.1:8080
	steer bind tcp 203.0.113.1:7 socket unit
	same hi "$(net_in "$CLIENT" socat -t 1 - tcp4:203.0.113.1:7 <<<hi)"
}

@test "sockets that systemd passes to a unit" {
	steer attach netns
	net_start "$HOST" systemd-socket-activate -l 127.0.0.1:8080 -l 127.0.0.1:8081 \
		bash -c "sleep 60 & exec $PORTSTEER -n $HOST socket add unit --systemd" # holds them
	net_wait 20 net_listens "$HOST" tcp 8080
	net_in "$HOST" socat -u - tcp4:127.0.0.1:8080 <<<go
	wait "${NET_PIDS[-1]}"
	same $'tcp 127.0.0.1:8080 open\ntcp 127.0.0.1:8081 open' \
		"$(steer -j sockets | jq -r '.[] | "\(.socket) \(.state)"')"
	says 4 "no socket was passed to this process (LISTEN_PID, LISTEN_FDS); a unit passes them with 'Sockets=NAME.socket'" \
		steer socket add unit --systemd
}

@test "sockets that come over a UNIX socket, and those that are no good" {
	local door=$BATS_TEST_TMPDIR/door
	steer attach netns
	net_start "$HOST" "$BATS_TEST_DIRNAME/lib/pass.py" "$door" listening bound
	net_wait 20 test -S "$door"
	steer socket add both --unix "$door"
	same $'open tcp\nopen udp' "$(sockets both '"\(.state) \(.socket | split(" ")[0])"')"
	for kind in connected idle unbound raw unix none; do
		net_start "$HOST" "$BATS_TEST_DIRNAME/lib/pass.py" "$door.$kind" listening "$kind"
		net_wait 20 test -S "$door.$kind"
	done
	says 1 "socket 2 of those from $door.connected is connected: it gets packets of its peer alone" \
		steer socket add bad --unix "$door.connected"
	says 1 "socket 2 of those from $door.idle is a TCP socket that does not listen" \
		steer socket add bad --unix "$door.idle"
	says 1 "socket 2 of those from $door.unbound is a UDP socket that is not bound" \
		steer socket add bad --unix "$door.unbound"
	says 1 "socket 2 of those from $door.raw is a socket of protocol 1; only TCP and UDP can be steered to" \
		steer socket add bad --unix "$door.raw"
	says 1 "socket 2 of those from $door.unix is a UNIX socket, neither IPv4 nor IPv6" \
		steer socket add bad --unix "$door.unix"
	same "" "$(sockets bad .state)"
	net_start "$HOST" "$BATS_TEST_DIRNAME/lib/pass.py" "$door.empty" none
	net_wait 20 test -S "$door.empty"
	says 1 "$door.empty sent no descriptor with its first byte (SCM_RIGHTS)" \
		steer socket add bad --unix "$door.empty"
	says 1 "cannot connect to $door.nobody: No such file or directory" \
		steer socket add bad --unix "$door.nobody"
}

@test "what cannot be registered is refused with the reason" {
	local pid
	steer attach netns
	net_start "$HOST" "$BATS_TEST_DIRNAME/lib/hold.py" "$BATS_TEST_TMPDIR/held" \
		udp,127.0.0.1,53 tcp,127.0.0.1,80
	pid=$!
	net_wait 20 test -e "$BATS_TEST_TMPDIR/held"
	says 4 "there is no process 4194304" steer socket add web --pid 4194304 --fd 3
	says 4 "process $pid has no descriptor 77" steer socket add web --pid "$pid" --fd 77
	says 1 "descriptor 0 of process $pid is not a socket" steer socket add web --pid "$pid" --fd 0
	says 4 "portsteer was given no descriptor 55; --pid P takes that of another process" \
		steer socket add web --fd 55
	says 4 "no socket listens on tcp 127.0.0.1:81" \
		steer socket add web --listening tcp 127.0.0.1:81
	says 4 "process $$ has no socket that listens on tcp 127.0.0.1:80" \
		steer socket add web --pid $$ --listening tcp 127.0.0.1:80
	says 4 "no socket is registered as 'web'" steer socket remove web
	ip netns exec "$CLIENT" true # the client's namespace: a socket of there is no good here
	says 1 "descriptor 3 of process $pid belongs to another network namespace; -n NETNS works on that one" \
		"$PORTSTEER" -n "$CLIENT" socket add web --pid "$pid" --fd 3
	same '[]' "$(steer -j sockets)"
}

@test "bindings whose sockets get nothing are reported" {
	net_web "$HOST" web 8080
	says 0 "unreachable: tcp 203.0.113.0/24:80: 'socket' needs the hook of the network namespace" \
		steer bind tcp 203.0.113.0/24:80 socket web
	steer attach netns
	says 0 "no socket is registered as 'web'; register one: portsteer -n $HOST socket add web --listening tcp ADDRESS:PORT" \
		steer conflicts
	same missing "$(sockets web .state)"
	steer socket add web --listening tcp any4:8080
	same '[]' "$(steer -j conflicts)"
	says 0 "none of the sockets registered as 'web' accepts udp over IPv4" \
		steer bind udp 203.0.113.0/24:80 socket web
	# It is its own socket that gets the packets, and that of somebody else that loses them.
	run -0 steer -q bind tcp 192.0.2.2:8080 socket web
	same "" "$output"
	net_web "$HOST" stranger 8081
	says 0 "listener: tcp 192.0.2.2:8081: a local socket listens on tcp any4:8081" \
		steer bind tcp 192.0.2.2:8081 socket web
}

@test "programs of others in the namespace are reported, and ours chooses last" {
	net_web "$HOST" web 8080
	foreign_setup
	foreign_program before sk_lookup 0
	foreign_link before netns sk-lookup
	steer attach netns
	foreign_program behind sk_lookup 0
	foreign_link behind netns sk-lookup
	steer socket add web --listening tcp any4:8080
	steer bind tcp 203.0.113.0/24:80 socket web
	answers http://203.0.113.1/ web # both of them drop: a choice counts for more
	is_refused http://192.0.2.2:8080/
	says 0 "'netns', sk-lookup: program 'before' (id $(foreign_id before)" steer conflicts
	says 0 "attached by bpf_link, runs before portsteer's, whose choice of a socket counts" \
		steer conflicts
	says 0 "attached by bpf_link, runs after portsteer's and may choose another socket" \
		steer conflicts
	same "before portsteer_sk behind" \
		"$(steer -j status | jq -r '[.[].interfaces[0].programs[].name] | join(" ")')"
}

@test "attaching, detaching and repairing the namespace" {
	run -0 steer attach netns
	same "" "$output"
	says 0 "'netns' is already attached that way" steer attach netns
	says 2 "'mode' is an unexpected argument" steer attach netns mode native
	same "netns sk-lookup attached" \
		"$(steer -j status | jq -r '.[].interfaces[] | "\(.interface) \(.hook) \(.state)"')"
	rm "$PINS/$HOST/links/sk-lookup-netns"
	says 0 "portsteer -n $HOST attach netns" steer conflicts
	steer attach netns
	same attached "$(steer -j status | jq -r '.[].interfaces[].state')"
	bpftool link detach pinned "$PINS/$HOST/links/sk-lookup-netns"
	same stale "$(steer -j status | jq -r '.[].interfaces[].state')"
	steer attach netns
	same attached "$(steer -j status | jq -r '.[].interfaces[].state')"
	steer detach netns
	[ ! -e "$PINS/$HOST" ]
	says 4 "there is nothing to detach: instance '$HOST' does not exist" steer detach netns
}

@test "registered sockets keep the instance, and go with the last of it" {
	net_web "$HOST" web 8080
	steer socket add web --listening tcp any4:8080
	[ -e "$PINS/$HOST" ]
	same "$(sockets web .cookie)" "$(bpftool -j map lookup pinned "$PINS/$HOST/sockets" \
		key 0 0 0 0 | jq -r '.value | reverse | map(ltrimstr("0x")) | join("")' |
		sed 's/^/0x/' | xargs printf '%d')"
	steer socket remove web
	[ ! -e "$PINS/$HOST" ]
}

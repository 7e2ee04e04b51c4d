#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What monitor shows while real programs bind, listen and go, and commands change
# the table. Each monitor writes to a file, which tests wait for.

load lib/net
load lib/cgroup

setup() {
	guard_setup
	MONITORS=()
}

teardown() {
	local pid

	for pid in "${MONITORS[@]}"; do
		if kill -TERM "$pid" 2>/dev/null; then
			wait "$pid"
		fi
	done
	guard_teardown
}

# FILE OPTION... [-- OPTION...]: a monitor in the background, those behind -- its own. It has begun.
monitor() {
	local file=$BATS_TEST_TMPDIR/$1 options=()

	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	"$PORTSTEER" -n "$HOST" "${options[@]}" monitor "${@:2}" >"$file" 2>"$file.err" 3>&- &
	MONITORS+=($!)
	net_wait 20 test -s "$file"
}

# FILE: what it printed, but for the time.
lines() {
	sed 's/^....-..-..T..:..:..Z //' "$BATS_TEST_TMPDIR/$1"
}

# FILE TEXT: a line of it has that.
has() {
	lines "$1" | grep -qF -- "$2"
}

# FILE: for the second time it says that there is no instance.
waits_again() {
	[ "$(lines "$1" | grep -c 'is not there; waiting')" -eq 2 ]
}

shows() {
	net_wait 20 has "$@"
}

# STATUS: the last monitor ends, in that way, and says nothing.
ends() {
	local pid=${MONITORS[-1]} status=0

	unset 'MONITORS[-1]'
	wait "$pid" || status=$?
	same "$1" "$status"
}

# PORT: a program that listens at 127.0.0.1, and its pid.
start_listener() {
	net_start "$HOST" /usr/bin/python3 -c "
import socket, time
s = socket.create_server(('127.0.0.1', $1))
time.sleep(600)"
	LISTENER=${NET_PIDS[-1]}
	net_wait 20 net_listens "$HOST" tcp "$1"
}

@test "a life: it waits, the table, the guard, who tried, a socket that closes, the end" {
	monitor text
	same "instance $HOST is not there; waiting" "$(lines text)"
	steer -q bind tcp any:8000-8999 drop name 'the web'
	shows text "+ tcp any:8000-8999 drop name 'the web'"
	steer guard on "$GROUP"
	shows text "guard on $GROUP"
	binds tcp,0.0.0.0,8080
	shows text "refused tcp any4:8080 to python3 (pid "
	shows text "user root, cgroup $GROUP) by tcp any:8000-8999 drop name 'the web', 1 time"
	AS=65534 binds tcp,0.0.0.0,8080
	shows text "user nobody, cgroup $GROUP) by tcp any:8000-8999 drop name 'the web', 1 time, 2 in all"
	steer -q bind tcp any:8000-8999 pass --replace
	shows text "generation 2: 0 added, 1 changed, 0 removed"
	shows text "~ tcp any:8000-8999 pass name 'the web'  # was: drop name 'the web'"
	steer -q bind udp any:53 drop
	shows text "generation 3: 1 added, 0 changed, 0 removed"
	start_listener 9090
	steer -q socket add web --pid "$LISTENER" --listening tcp 127.0.0.1:9090
	shows text "socket web added: tcp 127.0.0.1:9090 (python3, pid $LISTENER)"
	kill "$LISTENER"
	shows text "socket web closed: tcp 127.0.0.1:9090 (python3, pid $LISTENER)"
	steer -q socket remove web
	shows text "socket web removed: tcp 127.0.0.1:9090"
	steer guard off
	shows text "guard off"
	steer -q unbind tcp any:8000-8999
	shows text "- tcp any:8000-8999 pass name 'the web'"
	steer -q flush
	shows text "- udp any:53 drop"
	net_wait 20 waits_again text # the table goes first, then the instance
	steer -q bind tcp any:1 drop
	shows text "+ tcp any:1 drop"
	same 2 "$(lines text | grep -c "instance $HOST is there, generation ")"
	same '3 1 2 2' "$(for sign in + '~' - refused; do
		lines text | grep -c "^$sign "
	done | paste -s -d ' ')"
}

@test "only what is new: neither the table nor the attempts of before" {
	steer -q bind tcp any:8080 drop
	steer guard on "$GROUP"
	binds tcp,0.0.0.0,8080 tcp,0.0.0.0,8080
	monitor text
	binds tcp,0.0.0.0,8080
	shows text refused
	same "instance $HOST is there, generation 1" "$(lines text | head -n 1)"
	same 'by tcp any:8080 drop, 1 time, 3 in all' "$(lines text | sed -n '2s/.*) //p')"
	same 2 "$(lines text | wc -l)"
}

@test "report: what the guard would refuse, and a binding of an owner" {
	steer -q bind tcp any:8080 pass owner user:65534
	steer guard report "$GROUP"
	monitor text
	same ok "$(binds tcp,192.0.2.2,8080)"
	shows text 'would refuse tcp 192.0.2.2:8080 to python3'
	shows text 'by tcp any:8080 pass owner user:65534, 1 time'
	steer guard on "$GROUP"
	shows text "guard on $GROUP"
	same EADDRINUSE "$(binds tcp,192.0.2.2,8080)"
	shows text 'refused tcp 192.0.2.2:8080 to python3'
}

@test "several at once, each with all of it; a burst is counted, not lost" {
	steer -q bind tcp any:8080 drop
	steer guard on "$GROUP"
	monitor one -j
	monitor other -j
	within "$GROUP" "$HOST" /usr/bin/python3 -c '
import socket
for _ in range(3000):
    with socket.socket() as one:
        try:
            one.bind(("0.0.0.0", 8080))
        except OSError:
            pass'
	net_wait 20 counts one 3000
	net_wait 20 counts other 3000
}

# FILE NUMBER: so many attempts in all its lines.
counts() {
	[ "$(jq -s 'map(select(.event == "bind").count) | add' "$BATS_TEST_TMPDIR/$1")" -eq "$2" ]
}

# PID: it is in write(2).
waits_to_write() {
	[ "$(cut -d ' ' -f 1 "/proc/$1/syscall")" = "$(
		python3 -c 'import platform; print({"x86_64": 1, "aarch64": 64}[platform.machine()])'
	)" ]
}

@test "it does not keep the namespace" {
	monitor text
	same "$(readlink /proc/self/ns/net)" "$(readlink "/proc/${MONITORS[-1]}/ns/net")"
	steer -q bind tcp any:8080 drop
	shows text '+ tcp any:8080 drop'
}

@test "how it ends: after a time, after some events, interrupted, nobody reads" {
	says 0 "instance $HOST is not there; waiting" steer monitor --seconds 1
	monitor count -- --count 2
	steer -q bind tcp any:1 drop # it is there, and a binding
	ends 0
	same 3 "$(lines count | wc -l)"
	for signal in INT TERM; do
		monitor "$signal"
		kill -"$signal" "${MONITORS[-1]}"
		ends 0
		same '' "$(cat "$BATS_TEST_TMPDIR/$signal.err")"
	done
	# Its reader reads no more.
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	exec 7<>"$BATS_TEST_TMPDIR/fifo"
	"$PORTSTEER" -n "$HOST" monitor >&7 2>"$BATS_TEST_TMPDIR/full.err" 3>&- &
	MONITORS+=($!)
	for port in {10001..14000}; do
		echo "tcp any:$port drop name a-name-of-thirty-bytes-in-all"
	done | steer -q bind --batch -
	net_wait 20 waits_to_write "${MONITORS[-1]}"
	kill -INT "${MONITORS[-1]}"
	ends 0
	same '' "$(cat "$BATS_TEST_TMPDIR/full.err")"
	exec 7>&-
	# Nothing happens, and it sees that its reader has gone.
	run bash -c 'set -o pipefail; timeout 10 "$0" -n "$1" monitor | head -n 1' "$PORTSTEER" "$HOST"
	same 141 "$status"
	same "instance $HOST is there, generation 2" "${output#* }"
}

@test "odd names, wrong words" {
	monitor text
	monitor json -j
	steer -q bind tcp any:8080 drop
	steer guard on "$GROUP"
	within "$GROUP" "$HOST" /usr/bin/python3 -c '
import ctypes, socket
ctypes.CDLL(None).prctl(15, b"odd\x1b[2J\n\xff", 0, 0, 0)
with socket.socket() as one:
    try:
        one.bind(("0.0.0.0", 8080))
    except OSError:
        pass'
	shows text 'refused tcp any4:8080 to odd\x1b[2J\x0a'
	net_wait 20 grep -q '"command":"odd\\u001[bB]\[2J\\n\\\\xff"' "$BATS_TEST_TMPDIR/json"
	same 0 "$(grep -c $'\e' "$BATS_TEST_TMPDIR/text")"
	says 2 'is an unexpected argument' steer monitor now
	says 2 "--count takes a number from 1 to 2147483647, not '0'" steer monitor --count 0
	says 2 '--seconds takes a number from 1 to ' steer monitor --seconds never
	says 4 "there is no network namespace 'none$HOST'" "$PORTSTEER" -n "none$HOST" monitor
}

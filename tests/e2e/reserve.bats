#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Ports that the table claims are kept from connections and from bind(2) to port 0, beside
# what others reserved; what is taken back is only what was put there.

load lib/net

LIST=net.ipv4.ip_local_reserved_ports

setup() {
	net_setup
	net_in "$HOST" sysctl -q -w net.ipv4.ip_local_port_range='40000 40009'
	net_in "$HOST" sysctl -q -w $LIST=8080,40009
	steer -q bind tcp any:40000-40006 drop
	steer -q bind udp 192.0.2.2:40007 redirect eth1
}

teardown() {
	net_teardown
}

reserved() {
	net_in "$HOST" sysctl -n $LIST
}

# KEY: what -j reserve says
said() {
	steer -j reserve | jq -r ".[0].$1"
}

# COUNT KIND: ports that the kernel picks for so many sockets, one at a time
picked() {
	net_in "$HOST" python3 - "$@" <<'PYTHON'
import socket
import sys

seen = set()
for turn in range(int(sys.argv[1])):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if sys.argv[2] == "tcp" else
                       socket.SOCK_DGRAM) as one:
        if sys.argv[3] == "bind":
            one.bind(("192.0.2.2", 0))
        else:
            one.connect_ex(("192.0.2.2", 9 + turn))
        seen.add(one.getsockname()[1] or "none")
print(*sorted(seen))
PYTHON
}

@test "reserve prints a line of sysctl.d, and what is missing" {
	says 0 "$LIST = 8080,40000-40007,40009" steer reserve
	says 0 'not reserved: 40000-40007;' steer reserve
	same "$LIST = 8080,40000-40007,40009" "$(steer reserve 2>/dev/null)"
	same 8080,40009 "$(reserved)"
	same 8080,40009 "$(said present)"
	same 40000-40007 "$(said claimed)"
	same '' "$(said own)"
}

@test "the line is what sysctl takes" {
	steer -q reserve >"$BATS_TEST_TMPDIR/50-portsteer.conf"
	net_in "$HOST" sysctl -q -p "$BATS_TEST_TMPDIR/50-portsteer.conf"
	same 8080,40000-40007,40009 "$(reserved)"
	same '' "$(said own)"
	steer unreserve
	same 8080,40000-40007,40009 "$(reserved)"
}

@test "neither bind to port 0 nor a connection gets a port that is claimed" {
	local kind

	for kind in tcp udp; do
		[[ "$(picked 100 $kind bind)" = *4000[0-6]* ]]
	done
	same "$LIST = 8080,40000-40007,40009" "$(steer -q reserve set)"
	for kind in tcp udp; do
		same 40008 "$(picked 100 $kind bind)"
		same 40008 "$(picked 100 $kind connect)"
	done
	same '' "$(steer -j conflicts | jq -r '.[] | select(.kind == "ephemeral") | .endpoint')"
}

@test "set follows the table, unreserve takes back only its own" {
	steer -q reserve set
	same 40000-40007 "$(said own)"
	net_in "$HOST" sysctl -q -w $LIST=9090,40000-40007,40009
	steer -q unbind tcp any:40000-40006
	says 0 'no longer needed: 40000-40006;' steer reserve
	steer -q bind tcp any:40001 drop
	steer -q bind tcp any:40009 drop # reserved by others: stays theirs
	steer -q reserve set
	same 9090,40001,40007,40009 "$(reserved)"
	same 40001,40007 "$(said own)"
	steer unreserve
	same 9090,40009 "$(reserved)"
	steer unreserve
	same 9090,40009 "$(reserved)"
}

@test "what is reserved keeps the instance, and its memory, when the table is empty" {
	steer -q reserve set
	says 0 "ports are still reserved for this instance; 'portsteer -n $HOST unreserve' releases them" steer flush
	same 40000-40007 "$(said own)"
	steer unreserve
	same 8080,40009 "$(reserved)"
	[ ! -e "$PINS/$HOST" ]
	steer unreserve
	same "$LIST = 8080,40009" "$(steer reserve)"
}

@test "pass, other addresses and other namespaces claim nothing; no address yet claims all" {
	steer flush
	steer -q bind tcp any:40001 pass
	steer -q bind tcp 203.0.113.1:40002 drop
	steer -q bind udp 224.0.0.251:40003 drop
	steer -q bind udp any:40004-40005 drop
	steer -q bind udp 192.0.2.0/24:40004 pass
	same 40004-40005 "$(said claimed)" # 198.51.100.1 has no exception
	steer -q bind udp 198.51.100.0/24:40004 pass
	steer -q bind udp any6:40004 pass
	same 40005 "$(said claimed)"
	ip -n "$HOST" address flush dev eth0
	ip -n "$HOST" address flush dev eth1
	same 40004-40005 "$(said claimed)"
	same '' "$(net_in "$CLIENT" sysctl -n $LIST)"
}

@test "sockets of TCP claim ports, but not every port: connections need none" {
	local left='note: nothing is reserved for tcp 192.0.2.0/24:any and 1 more: that is every port of ip_local_port_range; connections lose nothing to it, a bind(2) to port 0 may get one of its ports'

	steer flush
	net_web "$CLIENT" far 80
	net_echo "$CLIENT" 53
	net_web "$HOST" near 8081
	steer attach netns
	steer socket add web --listening tcp any4:8081
	steer -q bind tcp 198.51.100.1:40001-40002 socket web
	same 40001-40002 "$(said claimed)"
	steer -q bind tcp 192.0.2.0/24:any socket web
	steer -q bind tcp any6:1024-65535 pass owner user:nobody
	same 40001-40002 "$(said claimed)"
	says 0 "$left" steer reserve
	says 0 "$left" steer reserve set
	same '' "$(steer -j conflicts | jq -r '.[] | select(.kind == "ephemeral") | .endpoint')"
	net_in "$HOST" sysctl -q -w $LIST= # or too few are left for curl, which waits for none
	for _ in 1 2 3 4 5; do
		same far "$(net_in "$HOST" curl -sS -m 1 --noproxy '*' http://192.0.2.1/)"
	done
	same near "$(net_get http://192.0.2.2:40005/)"
	steer -q bind udp 192.0.2.0/24:any socket web # also of a socket that waits without a peer
	says 3 'the table claims every port of ip_local_port_range' steer reserve set
}

@test "ports for others must be left; wrong words" {
	steer -q bind tcp any:any drop
	says 3 'the table claims every port of ip_local_port_range (40000-40009) that is not reserved, and outgoing connections need some; bind fewer' \
		steer reserve set
	same 8080,40009 "$(reserved)"
	says 2 "unknown word 'sett'; valid: set" steer reserve sett
	says 2 "is an unexpected argument" steer unreserve set
	same "$LIST = " "$("$PORTSTEER" -n "$BACKEND" reserve set)" # no table needs nothing
}

@test "a list that is longer than a page, added and taken back" {
	local port odd

	net_in "$HOST" sysctl -q -w net.ipv4.ip_local_port_range='20000 60000'
	net_in "$HOST" sysctl -q -w $LIST=19999
	odd=$(seq -s , 20001 2 29999)
	for port in ${odd//,/ }; do
		echo "tcp 192.0.2.2:$port drop"
	done >"$BATS_TEST_TMPDIR/batch"
	steer flush
	steer -q bind --batch "$BATS_TEST_TMPDIR/batch"
	steer -q reserve set >/dev/null
	same "19999,$odd" "$(net_in "$HOST" cat /proc/sys/net/ipv4/ip_local_reserved_ports)"
	steer -q unbind tcp 192.0.2.2:20001
	steer -q reserve set >/dev/null
	same "19999,${odd#*,}" "$(net_in "$HOST" cat /proc/sys/net/ipv4/ip_local_reserved_ports)"
	steer unreserve
	same 19999 "$(reserved)"
}

# CALL N: 'reserve set' is killed at the Nth system call of that name; false when it has not so many
killed() {
	! strace -qq -o /dev/null -e "trace=$1" -e "inject=$1:signal=KILL:when=$2" \
		"$PORTSTEER" -q -n "$HOST" reserve set >/dev/null
}

@test "killed at any step, what it reserved is still known as its own" {
	local call n kills=0 step

	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null true || skip "may not trace"

	step=$(net_often 4 6 1)
	for call in bpf pwrite64 fchmod chmod unlink; do
		for ((n = 1; n < 200; n += step)); do
			killed $call $n 2>/dev/null || break
			kills=$((kills + 1))
			steer unreserve
			same 8080,40009 "$(reserved)"
		done
	done
	echo "killed $kills times" >&2
	[ "$kills" -ge "$(net_often 5 4 21)" ]
	steer -q reserve set
	same 8080,40000-40007,40009 "$(reserved)"
}

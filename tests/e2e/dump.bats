#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What is printed can be typed back: the whole machine as a file, of which apply finds
# nothing to do, and which brings the same again; and single forms that did not.

load lib/net

setup() {
	net_setup
	FILE=$BATS_TEST_TMPDIR/file.yaml
}

teardown() {
	net_teardown
}

# Listens at ADDRESS PORT... of $HOST by tcp6 sockets; "v6only" before an address means that.
listen6() {
	net_start "$HOST" /usr/bin/python3 -c '
import socket, sys, time
kept = []
for word in sys.argv[1:]:
    *only, address, port = word.split(",")
    kept.append(socket.socket(socket.AF_INET6))
    kept[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, bool(only))
    kept[-1].bind((address, int(port)))
    kept[-1].listen()
time.sleep(1000)' "$@"
	for word; do
		net_wait 20 net_listens "$HOST" "${word##*,}"
	done
}

@test "a tcp6 socket at an IPv4 address is at that address, and comes back" {
	listen6 ::ffff:192.0.2.2,8082 ::,8081 v6only,::,8083
	steer -q attach eth0
	steer -q attach netns
	steer socket add mapped --listening tcp 192.0.2.2:8082
	same 'tcp 192.0.2.2:8082' "$(steer -j sockets | jq -r .[0].socket)"
	says 0 '' steer bind tcp 192.0.2.2:8082 socket mapped # it is its own
	says 0 '' steer conflicts
	steer bindings --yaml >"$FILE"
	grep -qx '    listening: tcp 192.0.2.2:8082' "$FILE"
	same 'nothing to do' "$(steer apply "$FILE" 2>&1)"
	# Every address is one word, whatever other tools print.
	says 4 "no socket listens on tcp any6:8081; one listens on tcp any:8081" \
		steer socket add all --listening tcp '[::]:8081'
	steer socket add all --listening tcp any:8081
	steer socket add six --listening tcp '[::]:8083'
	steer bindings --yaml | sed 's/any6:8083/"[::]:8083"/; s/tcp "/"tcp /' >"$FILE"
	grep -qx '    listening: "tcp \[::\]:8083"' "$FILE"
	same 'nothing to do' "$(steer apply "$FILE" 2>&1)"
}

@test "services may begin with a digit" {
	printf '3com-tsmux\t106/tcp\n9pfs\t564/tcp\n914c-g\t211/tcp\tz3950x\n' >"$FILE.services"
	# shellcheck disable=SC2016 # for that shell
	unshare -m bash -c 'mount --bind "$1" /etc/services && shift && "$@"' - "$FILE.services" \
		"$PORTSTEER" apply --dry-run --from - /dev/fd/3 3<<-'END' <<<'bindings: []' >"$FILE" || [ $? = 10 ]
			bindings:
			- {endpoint: tcp any:3com-tsmux, action: drop}
			- {endpoint: tcp any:9pfs, action: drop}
			- {endpoint: tcp any:914c-g, action: drop}
		END
	same '+ tcp any:106 drop; + tcp any:211 drop; + tcp any:564 drop; +3 ~0 -0; ' \
		"$(tr '\n' ';' <"$FILE" | sed 's/;/; /g')"
}

# COUNT WORD...: each word, in any order, is there or not.
some() {
	shuf -n "$((RANDOM % ($1 + 1)))" -e "${@:2}"
}

# A machine that nobody has seen.
make_state() {
	local line

	steer -q flush
	steer -q detach all 2>"$FILE.ignored" || [ $? = 4 ]
	steer guard off
	while read -r line; do
		# shellcheck disable=SC2086 # words
		steer -q $line
	done < <(some 1 'attach eth0' 'attach eth0 mode generic' 'attach eth0 hook tc'
		some 1 'attach enp0s31f6-very-long-altname hook tc' 'attach enp3s0f0'
		some 1 'attach netns'
		some 1 'attach gone'
		[ ! -e /sys/fs/cgroup/cgroup.controllers ] || some 1 'guard report' 'guard on'
		some 2 'socket add a --listening tcp 192.0.2.2:8082' \
			'socket add b --listening tcp any:8081' 'socket add b --listening tcp any6:8083')
	some 12 'tcp any:1 drop' 'udp 10.0.0.0/8:any pass name 010' 'tcp [2001:db8::1]:80-90 count' \
		'tcp any:2 redirect enp3s0f0 via fe80::1%eth1' 'tcp any:3 redirect nosuch' \
		'tcp any:4 redirect enp0s31f6-very-long-altname mac 02:00:00:00:00:01 on-missing pass' \
		'tcp any:5 socket a owner pid' 'tcp any:6 socket b name no' 'sctp any4:7 drop name yes:' \
		'tcp 127.0.0.1:8 pass owner user:root' 'tcp any6:any drop owner user:nobody' \
		'tcp any:9 redirect gone name 1e3' |
		steer -q bind --batch - 2>"$FILE.ignored"
}

@test "random machines: nothing to do for what is printed, and the same when it is applied" {
	local state states=${LONG:+40}

	listen6 ::ffff:192.0.2.2,8082 ::,8081 v6only,::,8083
	ip -n "$HOST" link property add dev eth1 altname enp3s0f0 altname enp0s31f6-very-long-altname
	RANDOM=${SEED:=$RANDOM}
	echo "# SEED=$SEED"
	for ((state = 0; state < ${states:-4}; state++)); do
		ip -n "$HOST" link add gone type veth peer name other
		make_state
		ip -n "$HOST" link del gone
		steer bindings --yaml >"$FILE"
		cat "$FILE"
		says 0 'nothing to do' steer apply --dry-run "$FILE"
		says 0 'nothing to do' steer apply "$FILE"
		steer -q flush
		steer -q apply "$FILE" >"$FILE.ignored"
		steer bindings --yaml | diff -u "$FILE" -
	done
}

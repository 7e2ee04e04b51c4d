#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Rows of bindings and flows: which, in which order, how many, how wide; why
# there are none; and what many of them cost.

load lib/net

setup() {
	export TERM=xterm # wherever this runs
	net_setup_table
}

teardown() {
	net_teardown
}

# WORD...: the endpoints that bindings prints for it, without protocols.
shown() {
	steer -j bindings "$@" | jq -r '[.[].endpoint | split(" ")[1]] | join(" ")'
}

# COLUMNS WORD...: what it prints on a terminal so wide.
on_terminal() {
	script -qec "stty cols $1 rows 50; $(printf '%q ' "$PORTSTEER" -n "$HOST" "${@:2}")" \
		/dev/null </dev/null | tr -d '\r'
}

bind_some() {
	steer -q bind --batch - <<-END
		tcp any:443 drop name web
		tcp 192.0.2.0/24:443 redirect veth-app via 198.51.100.10 on-missing pass name web
		tcp 192.0.2.10:443 drop name a-name-of-thirty-one-bytes-xyz
		tcp 192.0.2.11:400-500 pass
		tcp 198.51.100.1:80 count
		tcp [2001:db8:1111:2222::/64]:8000-8999 drop owner user:root
	END
}

@test "filters: a single address is what packets may meet, a prefix what is inside" {
	bind_some
	same 'any:443 192.0.2.0/24:443 192.0.2.10:443' "$(shown tcp 192.0.2.10:443)"
	same '192.0.2.0/24:443 192.0.2.10:443 192.0.2.11:400-500' "$(shown tcp 192.0.2.0/24)"
	same '192.0.2.10:443' "$(shown exact tcp 192.0.2.10:443)"
	same 'any:443 192.0.2.0/24:443' "$(shown name web)"
	same '192.0.2.0/24:443' "$(shown name web 192.0.0.0/16)"
	same 'any:443 192.0.2.0/24:443 192.0.2.10:443 192.0.2.11:400-500' "$(shown 443)"
	same '[2001:db8:1111:2222::/64]:8000-8999' "$(shown 2001:db8::/32)"
	same '' "$(shown udp)"
}

@test "order and limit" {
	bind_some
	same '192.0.2.10:443 any:443 192.0.2.0/24:443' "$(shown --sort name --limit 3)"
	same 198.51.100.1:80 "$(shown --sort action --limit 1)"
	same any:443 "$(shown --limit 1)"
	same 6 "$(steer -j bindings --limit 100 | jq length)"
	same 3 "$(steer bindings --limit 2 | wc -l)"
}

@test "empty lists say why, on stderr; JSON stays an array" {
	same '' "$(steer bindings 2>/dev/null)"
	same '[]' "$(steer -j bindings 2>/dev/null)"
	same '' "$(steer -q bindings 2>&1)"
	says 0 "note: there are no bindings; 'portsteer -n $HOST bind PROTO ADDRESS:PORT ACTION' adds one" \
		steer bindings
	same "portsteer -n $HOST bind PROTO ADDRESS:PORT ACTION" \
		"$(steer -j bindings 2>&1 >/dev/null | jq -r .fix)"
	says 0 "note: no binding counts flows; 'portsteer -n $HOST bind PROTO ADDRESS:PORT count' adds one" \
		steer flows
	bind_some
	says 0 "note: the guard is off; 'portsteer -n $HOST guard on' switches it on" steer guard
	says 0 'note: no binding matches, of 6' steer bindings sctp
	says 0 'note: no flow was seen yet' steer flows
}

@test "status counts bindings with problems" {
	steer -q bind tcp any:1 drop
	same 0 "$(steer -j status | jq '.[0].problems')"
	steer -q bind tcp any:2 redirect nosuch0
	says 0 "1 binding has a problem; 'portsteer -n $HOST conflicts' shows why" steer status
	steer -q bind tcp any:3 redirect nosuch0
	steer -q bind tcp any:4 socket nosuch
	says 0 '3 bindings have problems' steer status
	same 3 "$(steer -j status | jq '.[0].problems')"
	same 2 "$(steer -j bindings | jq '[.[] | select(.problem)] | length')"
}

@test "a narrow terminal: the long cells are cut, a pipe gets all" {
	local whole

	bind_some
	whole=$(steer bindings)
	[[ $whole == *'redirect veth-app via 198.51.100.10 on-missing pass web '* ]]
	same "$whole" "$(on_terminal 250 bindings)"
	[[ $(on_terminal 110 bindings) == *'redirect ve... web '* ]]
	same '' "$(on_terminal 110 bindings | awk 'length > 110')"
	# No endpoint is cut, nor a number.
	[[ $(on_terminal 20 bindings) == *'tcp [2001:db8:1111:2222::/64]:8000-8999 drop ow... '* ]]
	same "$(steer -j bindings)" "$(on_terminal 20 -j bindings)"
}

@test "a narrow terminal: times of flows are left out before an endpoint is cut" {
	ip -n "$HOST" link set lo up
	ip -n "$HOST" address add 203.0.113.200/32 dev lo
	steer -q attach lo mode generic
	steer -q bind udp 203.0.113.200:8000-8999 count
	net_in "$HOST" socat -u - udp4:203.0.113.200:8080,bind=203.0.113.200:40000 <<<hello
	[[ $(steer flows | head -1) == 'BINDING '*' BYTES FIRST SEEN           LAST SEEN' ]]
	same "$(steer flows)" "$(on_terminal 135 flows)"
	[[ $(on_terminal 110 flows | head -1) == *' BYTES LAST SEEN' ]]
	same 'BINDING                     SOURCE         PORT DESTINATION   PORT PACKETS BYTES
udp 203.0.113.200:8000-8999 203.0.113.200 40000 203.0.113.200 8080       1    48' \
		"$(on_terminal 80 flows)"
	[[ $(on_terminal 79 flows) == *'udp 203.0.113.200:8000-... 203'* ]]
	head -c 1400 /dev/zero |
		net_in "$HOST" socat -u - udp4:203.0.113.200:8080,bind=203.0.113.200:40000
	[[ $(steer flows --units) == *' 40000 '*' 8080       2 1.49K '* ]] # a port is no large number
	same 1490 "$(steer -j bindings --units | jq '.[0].rx_bytes')"
	[[ $(steer bindings --units) == *' 1.49K'* ]]
}

# WORD...: prints what is measured of it; memory in KB.
measure() {
	local user system

	command time -f '%U %S %M' -o "$BATS_TEST_TMPDIR/cost" "$PORTSTEER" -n "$HOST" "$@" >/dev/null
	read -r user system memory <"$BATS_TEST_TMPDIR/cost"
	echo "$*: $user + $system s, $memory KB"
}

# 56 bytes for each; a million with LONG=1.
@test "many bindings: rows are streamed, in little memory" {
	local count=${LONG:+1000000} memory

	count=${count:-100000}
	awk -v count="$count" 'BEGIN { for (i = 0; i < count; i++)
		printf "tcp 10.%d.%d.%d:443 drop name n%d\n", i / 65536, i / 256 % 256, i % 256, i % 100 }' |
		shuf | steer -q bind --batch -
	measure bindings
	[ "$memory" -lt $((12000 + count * 56 / 1000)) ]
	measure -j bindings
	[ "$memory" -lt $((12000 + count * 56 / 1000)) ]
	# Who reads no more than a line ends it.
	# shellcheck disable=SC2016 # for the other shell
	run bash -c 'set -o pipefail; "$@" | head -n 1 | cut -c1-8' - "$PORTSTEER" -n "$HOST" bindings
	same '141 ENDPOINT' "$status $output"
	steer -j bindings >"$BATS_TEST_TMPDIR/rows"
	same "$count tcp 10.0.0.0:443" "$(jq -r '"\(length) \(.[0].endpoint)"' "$BATS_TEST_TMPDIR/rows")"
	same true "$(jq '[.[].address | split(".") | map(tonumber)] | . == unique' "$BATS_TEST_TMPDIR/rows")"
}

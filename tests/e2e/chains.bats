#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# A drop is a drop: odd packets, of which sockets receive none that is bound.

load lib/net

teardown() {
	net_teardown
}

setup() {
	net_setup 9000
	net_in "$HOST" sysctl -q -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 \
		net.ipv4.conf.all.accept_local=1 net.ipv4.tcp_syncookies=2 \
		net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
		net.ipv4.ipfrag_time=2 net.ipv4.ipfrag_high_thresh=268435456 \
		net.ipv6.ip6frag_high_thresh=268435456
	ip -n "$HOST" route add default via 192.0.2.1
	ip -n "$HOST" -6 route add default via 2001:db8:1::1
	ip -n "$HOST" address add 240.0.0.1/32 dev eth0
	ip -n "$HOST" address add 0.1.2.3/32 dev eth0
	ip -n "$HOST" address add fe80::2/64 dev eth0 nodad
	ip -n "$HOST" neigh replace 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
	ip -n "$HOST" neigh replace 2001:db8:1::1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
	ip -n "$HOST" neigh replace fe80::1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
}

# Prints what is wrong, and the seed.
@test "odd packets: what sockets would receive is dropped, at XDP native, generic and TC" {
	local count=2000

	[ -z "${LONG:-}" ] || count=100000
	net_in "$CLIENT" /usr/bin/python3 "$BATS_TEST_DIRNAME/lib/chains.py" "$PORTSTEER" \
		"$HOST" "$CLIENT" "$count" "${SEED:-$RANDOM}" 2>&1 | sed 's/^/  /'
	[ "${PIPESTATUS[0]}" = 0 ]
}

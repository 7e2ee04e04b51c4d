#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Interfaces without a link header, as tun, WireGuard, PPP and IP tunnels are.

load lib/net

setup() {
	net_setup
	fifo=$BATS_TEST_TMPDIR/fifo
	mkfifo "$fifo"
}

teardown() {
	net_teardown
}

# [TYPE]: tun0 on the host
make_tun() {
	net_start "$HOST" /usr/bin/python3 "$BATS_TEST_DIRNAME/lib/tun.py" tun0 "$fifo" "$@"
	net_wait 10 ip -n "$HOST" link show tun0
	ip -n "$HOST" link set tun0 up
	[ -n "${1:-}" ] && return
	ip -n "$HOST" address add 10.8.0.1/24 dev tun0
	ip -n "$HOST" address add fd08::1/64 dev tun0 nodad
}

# PACKET...: comes in at tun0, as scapy writes it
arrive() {
	/usr/bin/python3 -c "
import logging
logging.getLogger('scapy').setLevel(logging.ERROR)
from scapy.all import *
for packet in [$1]: print(bytes(packet).hex())" >"$fifo"
}

# HOOK REASON N: so many packets had it
has() {
	net_wait 20 bash -c "[ \"\$('$PORTSTEER' -n '$HOST' -j reasons | jq '[.[] | select(.interface == \"tun0\"
		and .hook == \"$1\" and .reason == \"$2\") | .packets] | add // 0')\" = $3 ]"
}

FOUR='IP(src="10.8.0.2", dst="10.8.0.1")'
SIX='IPv6(src="fd08::2", dst="fd08::1")'
# Read as Ethernet it is IPv4, to UDP port 5300 of 192.0.2.1.
DISGUISED='IPv6(src="2001:db8:800:4500:1c:1:0:4011", dst="fd08:a01:203:c000:201:3e8:14b4:8")/UDP(dport=7777)'

# HOOK WORDS...
check_steering() {
	local hook=$1

	make_tun
	net_echo "$HOST" 7
	steer attach tun0 "${@:2}"
	steer -q bind udp any:5300 drop
	steer -q bind tcp '[fd08::1]:any' drop
	steer -q bind udp any:7 count
	arrive "$FOUR/UDP(dport=5300)/'abcd', $SIX/UDP(dport=5300)/'abcd', $FOUR/UDP(dport=5301),
		$SIX/TCP(dport=80), $SIX/TCP(dport=443)/('x'*900), $DISGUISED, $FOUR/ICMP(),
		$SIX/IPv6ExtHdrDestOpt()/IPv6ExtHdrDestOpt()/UDP(dport=5300),
		IP(src='10.8.0.2', dst='10.8.0.1', options=[IPOption_NOP()]*8)/UDP(dport=5300)"
	has "$hook" drop 6
	same 4 "$(binding 'udp any:5300' rx_packets)"
	same 2 "$(binding 'tcp [fd08::1]:any' rx_packets)"
	has "$hook" unbound 2
	has "$hook" protocol 1
	arrive "$FOUR/UDP(sport=9, dport=7)/'hello'"
	has "$hook" count 1
	has tc-egress sent 1
	same $((20 + 8 + 5)) "$(binding 'udp any:7' rx_bytes)"
	same $((20 + 8 + 5)) "$(binding 'udp any:7' tx_bytes)"
}

@test "tun, TC: steered by IPv4 and IPv6, counted both ways" {
	check_steering tc-ingress hook tc
}

@test "tun, generic XDP: steered by IPv4 and IPv6, counted both ways" {
	check_steering xdp hook xdp mode generic
}

@test "tun: XDP in the driver is refused, with what works" {
	make_tun
	says 1 "'tun0' has no link header (none), and XDP in its driver does not see its packets; use 'hook tc' or 'mode generic'" \
		steer attach tun0
	says 1 "use 'hook tc' or 'mode generic'" steer attach tun0 mode native
	same '' "$(steer -j status | jq -r '.[].interfaces[]')"
}

# TYPE NAME
check_refused() {
	make_tun "$1"
	says 1 "'tun0' is an interface of a type ($2) whose packets begin with neither an Ethernet nor an IP header; they cannot be steered" \
		steer attach tun0 hook tc
	says 1 "($2)" steer attach tun0 mode generic
	says 1 "($2)" steer attach tun0
}

@test "an interface of raw 802.11 is refused by name" {
	check_refused 803 "raw 802.11"
}

@test "an InfiniBand interface is refused by name" {
	check_refused 32 InfiniBand
}

@test "an interface of a type that nobody named is refused by number" {
	check_refused 12345 "type 12345"
}

@test "a GRE tunnel is refused to XDP, and taken at TC" {
	if ! ip -n "$HOST" link add tunnel type gre local 192.0.2.2 remote 192.0.2.1 2>/dev/null; then
		skip "this kernel has no GRE tunnels"
	fi
	says 1 "'tunnel' has no link header (GRE), and XDP cannot tell where its packets begin; use 'hook tc'" \
		steer attach tunnel mode generic
	steer attach tunnel hook tc
}

# WORDS...: what comes from tun0 does not get out of eth1
check_from_tun() {
	local hook=$1

	make_tun
	steer attach tun0 "${@:2}"
	steer -q bind udp any:5300 redirect eth1
	steer -q bind udp any:5301 redirect eth1 on-missing pass
	says 0 "what arrives at 'tun0' has no link header, and is dropped instead of being redirected to 'eth1'" \
		steer conflicts
	arrive "$FOUR/UDP(dport=5300), $SIX/UDP(dport=5300), $FOUR/UDP(dport=5301)"
	has "$hook" unsupported 2
	has "$hook" unsupported-pass 1
}

@test "redirect from tun to Ethernet, TC: dropped" {
	check_from_tun tc-ingress hook tc
}

@test "redirect from tun to Ethernet, generic XDP: dropped" {
	check_from_tun xdp mode generic
}

@test "redirect from Ethernet to tun, TC: without the link header" {
	make_tun
	steer attach eth0 hook tc
	steer -q bind udp any:5300 redirect tun0
	net_in "$CLIENT" bash -c 'echo -n steered >/dev/udp/192.0.2.2/5300'
	net_wait 20 grep -q '^4500.*73746565726564$' "$BATS_TEST_TMPDIR/started.log"
}

@test "redirect from Ethernet to tun, XDP: dropped, and said so" {
	make_tun
	steer attach eth0
	says 0 "'tun0' has no link header, and what XDP redirects there is dropped; 'hook tc' takes the header off" \
		steer bind udp any:5300 redirect tun0
	net_in "$CLIENT" bash -c 'echo -n steered >/dev/udp/192.0.2.2/5300'
	same 1 "$(reason xdp unsupported)"
	same 0 "$(grep -c 73746565726564 "$BATS_TEST_TMPDIR/started.log")"
}

@test "via and mac towards tun: it has no link addresses" {
	make_tun
	steer attach eth0 hook tc
	says 0 "interface 'tun0' has no link addresses; redirect to it without 'via' or 'mac'" \
		steer bind udp any:5300 redirect tun0 via 10.8.0.2
	says 0 "interface 'tun0' has no link addresses; redirect to it without 'via' or 'mac'" \
		steer bind udp any:5301 redirect tun0 mac 02:00:00:00:00:99
}

# One call after the other that asks the kernel fails, until it is that for the type.
@test "an interface whose type cannot be learnt is not attached" {
	make_tun
	for at in {1..60} {1..60} {1..60}; do # programs of others that go are looked at, too
		if said=$(strace -f -o /dev/null -e "inject=sendto:error=ENOBUFS:when=$at" \
			"$PORTSTEER" -n "$HOST" attach tun0 hook tc 2>&1); then
			steer -q detach tun0
		elif [[ $said == *"cannot learn the type of 'tun0': "* ]]; then
			break
		fi
	done
	[[ $said == *"cannot learn the type of 'tun0': "* ]]
	same '' "$(steer -j status | jq -r '.[].interfaces[]')"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Unusual frames: jumbo frames through a native program, VLAN tags.

load lib/net

teardown() {
	net_teardown
}

# A native program takes them.
setup_jumbo() {
	net_setup 9000
	if [ -n "${NET_VIRTIO:-}" ] && ! net_kernel 6.3; then
		skip "virtio_net has no native XDP for jumbo frames before Linux 6.3"
	fi
	long=$(printf 'x%.0s' {1..8000})
	steer attach eth0
	same native "$(steer -j status | jq -r '.[].interfaces[0].mode')"
}

@test "MTU 9000: native attach, datagrams of 8000 bytes are counted and dropped" {
	setup_jumbo
	net_echo "$HOST" 7
	steer bind udp any:7 count
	same "$long" "$(net_ask 192.0.2.2 7 "$long")"
	same 1 "$(binding 'udp any:7' rx_packets)"
	same $((14 + 20 + 8 + 8001)) "$(binding 'udp any:7' rx_bytes)"
	same $((14 + 20 + 8 + 8001)) "$(binding 'udp any:7' tx_bytes)"
	steer -q bind udp any:7 drop --replace
	same '' "$(net_ask 192.0.2.2 7 "$long")"
}

@test "MTU 9000: datagrams of 8000 bytes are redirected" {
	if ! net_kernel 6.3; then
		skip "XDP redirects no jumbo frames before Linux 6.3"
	fi
	setup_jumbo
	net_echo "$BACKEND" 7
	ip -n "$HOST" rule add iif eth0 blackhole
	"$PORTSTEER" -n "$BACKEND" attach eth0
	steer -q bind udp 198.51.100.10:7 redirect eth1 via 198.51.100.10
	same "$long" "$(net_ask 198.51.100.10 7 "$long")"
}

# Sends frames of scapy's making from the client.
send() {
	net_in "$CLIENT" /usr/bin/python3 -c "
from scapy.all import *
sendp([$1], iface='eth0', verbose=0)"
}

IP='IP(src="192.0.2.1", dst="192.0.2.2")'
ETHER='Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")'

# WORDS...: attach so; one and two tags are steered, three dropped while something is
check_tags() {
	net_setup
	steer attach eth0 "$@"
	steer -q bind udp 192.0.2.2:9 drop
	send "$ETHER/Dot1Q(vlan=5)/$IP/UDP(dport=9),
		$ETHER/Dot1Q(vlan=0)/$IP/UDP(dport=9),
		$ETHER/Dot1AD(vlan=7)/Dot1Q(vlan=5)/$IP/UDP(dport=9),
		$ETHER/Dot1Q(vlan=5)/$IP/UDP(dport=10)"
	same 3 "$(binding 'udp 192.0.2.2:9' rx_packets)"
	send "$ETHER/Dot1Q(vlan=3)/Dot1Q(vlan=4)/Dot1Q(vlan=5)/$IP/UDP(dport=9)"
	same 3 "$(binding 'udp 192.0.2.2:9' rx_packets)"
	same 1 "$(reason "$hook" vlan-limit-drop)"
	steer -q bind udp 192.0.2.2:9 pass --replace
	send "$ETHER/Dot1Q(vlan=3)/Dot1Q(vlan=4)/Dot1Q(vlan=5)/$IP/UDP(dport=9)"
	same 1 "$(reason "$hook" vlan-limit)"
}

@test "VLAN tags, XDP: up to two" {
	hook=xdp
	check_tags
}

@test "VLAN tags, TC: up to two, one of them in the skb" {
	hook=tc-ingress
	check_tags hook tc
}

@test "a VLAN device on the host: its traffic is steered below it" {
	net_setup
	if ! ip -n "$HOST" link add link eth0 name eth0.5 type vlan id 5 2>/dev/null; then
		skip "this kernel has no VLAN devices"
	fi
	ip -n "$CLIENT" link add link eth0 name eth0.5 type vlan id 5
	ip -n "$CLIENT" address add 203.0.113.1/24 dev eth0.5
	ip -n "$HOST" address add 203.0.113.2/24 dev eth0.5
	ip -n "$CLIENT" link set eth0.5 up
	ip -n "$HOST" link set eth0.5 up
	net_echo "$HOST" 7
	steer attach eth0
	steer -q bind udp any:7 count
	same hello "$(net_ask 203.0.113.2 7 hello)"
	steer -q bind udp 203.0.113.2:7 drop
	same '' "$(net_ask 203.0.113.2 7 hello)"
}

@test "fragments, options, extension headers, truncated: each with its reason" {
	net_setup
	steer attach eth0
	steer -q bind udp any:9 drop
	send "$ETHER/IP(src='192.0.2.1', dst='192.0.2.2', options=[IPOption_NOP()]*4)/UDP(dport=9),
		$ETHER/IP(src='192.0.2.1', dst='192.0.2.2', frag=8, proto=17)/Raw(b'\x00\x09'*9),
		$ETHER/IP(src='192.0.2.1', dst='192.0.2.2', ihl=3, proto=17)/UDP(dport=9),
		$ETHER/IP(src='192.0.2.1', dst='192.0.2.2', len=400, proto=17)/UDP(dport=9),
		$ETHER/IPv6(src='2001:db8:1::1', dst='2001:db8:1::2')/IPv6ExtHdrHopByHop()/IPv6ExtHdrDestOpt()/UDP(dport=9)"
	same 2 "$(binding 'udp any:9' rx_packets)"
	same '1 1 1' "$(reason xdp fragment) $(reason xdp malformed) $(reason xdp truncated)"
}

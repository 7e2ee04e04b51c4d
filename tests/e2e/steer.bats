#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What bindings do to real programs: nginx, dnsmasq, iperf3, socat, ping.

load lib/net

setup() {
	net_setup
}

teardown() {
	net_teardown
}

# URL: nobody answers.
is_silent() {
	run net_get "$1"
	[ "$status" -eq 28 ] || {
		echo "$1: curl ended with $status, not 28: $output" >&2
		return 1
	}
}

# URL: the host's web server answers.
answers() {
	same host "$(net_get "$1")"
}

# WORDS...: attach so, then drop, count and let go again.
check_drop_and_count() {
	net_web "$HOST" host 80 81
	steer attach eth0 "$@"
	answers http://192.0.2.2/
	steer -q bind tcp 192.0.2.2:80 drop
	is_silent http://192.0.2.2/
	answers http://192.0.2.2:81/
	answers 'http://[2001:db8:1::2]/'
	[ "$(binding 'tcp 192.0.2.2:80' rx_packets)" -ge 1 ]
	same "$(binding 'tcp 192.0.2.2:80' rx_packets)" "$(reason "$hook" drop)"
	steer -q bind tcp 192.0.2.2:80 count --replace
	answers http://192.0.2.2/
	[ "$(binding 'tcp 192.0.2.2:80' tx_packets)" -ge 3 ]
	same "192.0.2.1 192.0.2.2 80" "$(steer -j flows |
		jq -r '.[] | "\(.source) \(.destination) \(.destination_port)"')"
	steer unbind tcp 192.0.2.2:80
	answers http://192.0.2.2/
	same '[]' "$(steer -j flows)"
}

@test "drop and count, XDP native" {
	hook=xdp
	check_drop_and_count
	same native "$(steer -j status | jq -r '.[].interfaces[0].mode')"
}

@test "drop and count, XDP generic" {
	hook=xdp
	check_drop_and_count mode generic
	same generic "$(steer -j status | jq -r '.[].interfaces[0].mode')"
}

@test "drop and count, TC" {
	hook=tc-ingress
	check_drop_and_count hook tc
}

@test "IPv6: an address, and nothing of its neighbours" {
	net_web "$HOST" host 80 81
	ip -n "$HOST" address add 2001:db8:1::3/64 dev eth0 nodad
	steer attach eth0
	steer -q bind tcp '[2001:db8:1::2]:80' drop
	is_silent 'http://[2001:db8:1::2]/'
	answers 'http://[2001:db8:1::3]/'
	answers 'http://[2001:db8:1::2]:81/'
	answers http://192.0.2.2/
}

@test "any, any4 and any6" {
	net_web "$HOST" host 80
	steer attach eth0
	steer -q bind tcp any:80 drop
	is_silent http://192.0.2.2/
	is_silent 'http://[2001:db8:1::2]/'
	steer flush
	steer -q bind tcp any4:80 drop
	is_silent http://192.0.2.2/
	answers 'http://[2001:db8:1::2]/'
	steer flush
	steer -q bind tcp any6:http drop
	answers http://192.0.2.2/
	is_silent 'http://[2001:db8:1::2]/'
}

@test "a range ends where it says, and a port within it has its own way" {
	net_web "$HOST" host 7999 8000 8001 8002 8003
	steer attach eth0
	steer -q bind tcp any:8000-8002 drop
	steer -q bind tcp any:8001 pass
	answers http://192.0.2.2:7999/
	is_silent http://192.0.2.2:8000/
	answers http://192.0.2.2:8001/
	is_silent http://192.0.2.2:8002/
	answers http://192.0.2.2:8003/
	[ "$(binding 'tcp any:8001' rx_packets)" -ge 4 ]
	[ "$(binding 'tcp any:8000-8002' rx_packets)" -ge 2 ]
}

@test "the longest prefix wins, before any port" {
	net_web "$HOST" host 80
	ip -n "$HOST" address add 192.0.2.3/24 dev eth0
	ip -n "$HOST" address add 192.0.2.65/24 dev eth0
	steer attach eth0
	steer -q bind tcp 192.0.2.0/24:80 drop
	steer -q bind tcp 192.0.2.64/26:any pass
	steer -q bind tcp 192.0.2.2:80 pass
	answers http://192.0.2.2/
	is_silent http://192.0.2.3/
	answers http://192.0.2.65/
}

@test "any port of one address; other addresses, UDP, ARP and ping go on" {
	net_web "$HOST" host 80
	net_echo "$HOST" 7
	ip -n "$HOST" address add 192.0.2.3/24 dev eth0
	steer attach eth0
	steer -q bind tcp 192.0.2.2:any drop
	is_silent http://192.0.2.2/
	answers http://192.0.2.3/
	same hello "$(net_ask 192.0.2.2 7 hello)"
	ip -n "$CLIENT" neighbour flush dev eth0
	net_in "$CLIENT" ping -q -c 2 -i 0.05 -W 1 192.0.2.2
	net_in "$CLIENT" ping -q -c 2 -i 0.05 -W 1 2001:db8:1::2
	[ "$(reason xdp protocol)" -ge 4 ]
	[ $(($(reason xdp not-ip) + $(reason xdp multicast))) -ge 1 ]
}

@test "udp and tcp do not meet: dnsmasq answers dig by TCP only" {
	net_start "$HOST" dnsmasq -k -C /dev/null --no-resolv --no-hosts --port=53 \
		--address=/steer.example/203.0.113.7 --bind-interfaces --pid-file \
		--user=root --interface=eth0
	net_wait 20 net_listens "$HOST" udp 53
	ask() {
		net_in "$CLIENT" dig +short +timeout=1 +tries=1 "$@" @192.0.2.2 steer.example
	}
	steer attach eth0
	same 203.0.113.7 "$(ask)"
	steer -q bind udp any:53 drop
	run ask
	[ "$status" -eq 9 ]
	same 203.0.113.7 "$(ask +tcp)"
	steer -q bind udp any:53 count --replace
	same 203.0.113.7 "$(ask)"
	same "udp 53" "$(steer -j flows | jq -r '.[] | "\(.protocol) \(.destination_port)"')"
}

@test "iperf3: what was received was counted, no byte more than on the wire" {
	net_start "$HOST" iperf3 -s -1
	net_wait 20 net_listens "$HOST" tcp 5201
	steer attach eth0
	steer -q bind tcp any:5201 count
	net_in "$CLIENT" iperf3 -c 192.0.2.2 -n 20M -J >"$BATS_TEST_TMPDIR/iperf"
	received=$(jq .end.sum_received.bytes "$BATS_TEST_TMPDIR/iperf")
	# veth counts without the 14 bytes of the Ethernet header
	wire=$(ip -n "$HOST" -j -s link show eth0 |
		jq '.[0].stats64.rx | .bytes + 14 * .packets')
	counted=$(binding 'tcp any:5201' rx_bytes)
	echo "received $received, counted $counted, on the wire $wire"
	[ "$received" -ge 10000000 ]
	[ "$counted" -gt "$received" ]
	[ "$counted" -le "$wire" ]
	same "$counted" "$(steer -j flows | jq '[.[].bytes] | add')"
}

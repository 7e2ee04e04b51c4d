#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Redirects to a backend that answers: each kind of next hop, on each hook,
# and what happens while it is not there. The host does not forward what comes
# from the client, so that only a redirect can have brought it to the backend.

load lib/net

setup() {
	net_setup
	ip -n "$HOST" rule add iif eth0 blackhole
	ip -n "$HOST" -6 rule add iif eth0 blackhole
	net_web "$BACKEND" backend 80
	# veth hands redirected frames only to a peer with a program of its own
	"$PORTSTEER" -n "$BACKEND" attach eth0
}

teardown() {
	net_teardown
}

# URL: the backend answers.
reaches() {
	same backend "$(net_get "$1")"
}

# URL: nobody does. 28 is curl's time-out, 7 a router's "no route".
is_lost() {
	run net_get "$1"
	[ "$status" -eq 28 ] || [ "$status" -eq 7 ]
}

WEB=http://198.51.100.10/
WEB6='http://[2001:db8:2::10]/'

@test "via, XDP: both families; forwarding alone does not get there" {
	steer attach eth0
	is_lost "$WEB"
	is_lost "$WEB6"
	steer -q bind tcp 198.51.100.10:80 redirect eth1 via 198.51.100.10
	steer -q bind tcp '[2001:db8:2::10]:80' redirect eth1 via 2001:db8:2::10
	reaches "$WEB"
	reaches "$WEB6"
	same 02:00:00:00:00:04 "$(binding 'tcp 198.51.100.10:80' mac)"
	[ "$(reason xdp redirect)" -ge 8 ]
	same 0 "$(reason xdp broken)"
}

@test "via an IPv6 next hop for IPv4 packets" {
	steer attach eth0
	steer -q bind tcp 198.51.100.10:80 redirect eth1 via 2001:db8:2::10
	reaches "$WEB"
}

@test "via, TC" {
	steer attach eth0 hook tc
	is_lost "$WEB"
	steer -q bind tcp 198.51.100.0/24:80 redirect eth1 via 198.51.100.10
	reaches "$WEB"
	[ "$(reason tc-ingress redirect)" -ge 4 ]
}

@test "via, XDP generic" {
	steer attach eth0 mode generic
	steer -q bind tcp any4:80 redirect eth1 via 198.51.100.10
	reaches "$WEB"
}

@test "mac" {
	steer attach eth0
	steer -q bind tcp 198.51.100.10:80 redirect eth1 mac 02:00:00:00:00:04
	reaches "$WEB"
	same 'redirect eth1 mac 02:00:00:00:00:04' "$(binding 'tcp 198.51.100.10:80' words)"
}

@test "without a next hop the frame leaves as it came" {
	steer attach eth0
	steer -q bind tcp 198.51.100.10:80 redirect eth1
	is_lost "$WEB" # the frame is for the host's link address
	ip -n "$BACKEND" link set eth0 address 02:00:00:00:00:02
	ip -n "$HOST" neighbour flush dev eth1
	reaches "$WEB"
}

@test "peer, TC: into the backend's namespace" {
	steer attach eth0 hook tc
	steer -q bind tcp 198.51.100.10:80 redirect eth1 peer
	reaches "$WEB"
	same true "$(binding 'tcp 198.51.100.10:80' peer)"
}

@test "peer at XDP cannot be done: said when bound, dropped, counted" {
	steer attach eth0
	says 0 "unreachable: tcp 198.51.100.10:80: 'peer' needs the TC hook" \
		steer bind tcp 198.51.100.10:80 redirect eth1 peer
	is_lost "$WEB"
	[ "$(reason xdp unsupported)" -ge 1 ]
}

@test "a neighbour that does not answer: dropped until it does and 'refresh'" {
	steer attach eth0
	says 0 "no answer from neighbour 198.51.100.99 on 'eth1'" \
		steer bind tcp 198.51.100.10:80 redirect eth1 via 198.51.100.99
	is_lost "$WEB"
	[ "$(reason xdp no-neighbour)" -ge 1 ]
	says 0 "no answer from neighbour" steer conflicts
	says 0 "warning: no answer from neighbour" steer refresh
	ip -n "$BACKEND" address add 198.51.100.99/24 dev eth0
	net_wait 20 refreshed
	reaches "$WEB"
}

refreshed() {
	[ -z "$(steer refresh 2>&1)" ]
}

@test "on-missing pass: the stack gets what cannot be redirected" {
	ip -n "$HOST" address add 198.51.100.77/32 dev lo
	net_web "$HOST" host 80
	steer attach eth0
	steer -q bind tcp 198.51.100.77:80 redirect eth9
	is_lost http://198.51.100.77/
	steer -q bind tcp 198.51.100.77:80 redirect eth9 on-missing pass --replace
	same host "$(net_get http://198.51.100.77/)"
	[ "$(reason xdp no-device)" -ge 1 ]
	[ "$(reason xdp no-device-pass)" -ge 4 ]
}

@test "an interface that comes later: dropped until 'refresh', and again when it goes" {
	ip -n "$HOST" link set eth1 down
	ip -n "$HOST" link set eth1 name later
	steer attach eth0
	says 0 "interface 'eth1' does not exist" \
		steer bind tcp 198.51.100.10:80 redirect eth1 mac 02:00:00:00:00:04
	is_lost "$WEB"
	[ "$(reason xdp no-device)" -ge 1 ]
	ip -n "$HOST" link set later name eth1
	ip -n "$HOST" link set eth1 up
	steer refresh
	reaches "$WEB"
	ip -n "$HOST" link delete eth1
	before=$(reason xdp no-device)
	is_lost "$WEB"
	[ "$(reason xdp no-device)" -gt "$before" ]
	says 0 "interface 'eth1' does not exist" steer conflicts
	net_link "$HOST" eth1 02:00:00:00:00:13 "$BACKEND" eth0 02:00:00:00:00:04 1500
	net_address "$HOST" eth1 198.51.100.1/24 2001:db8:2::1/64
	net_address "$BACKEND" eth0 198.51.100.10/24 2001:db8:2::10/64
	ip -n "$BACKEND" route add default via 198.51.100.1
	"$PORTSTEER" -n "$BACKEND" attach eth0
	is_lost "$WEB"
	says 0 "'eth1' changed since it was looked up; portsteer -n $HOST refresh" steer conflicts
	steer refresh
	same '' "$(steer conflicts)"
	reaches "$WEB"
}

@test "one backend serves two addresses, and a change of the hop is seen at once" {
	ip -n "$BACKEND" address add 198.51.100.11/24 dev eth0
	steer attach eth0
	steer -q bind tcp 198.51.100.10:80 redirect eth1 mac 02:00:00:00:00:99
	is_lost "$WEB"
	steer -q bind tcp 198.51.100.10:80 redirect eth1 via 198.51.100.11 --replace
	reaches "$WEB"
	steer -q bind tcp 198.51.100.11:80 redirect eth1 via 198.51.100.11
	reaches http://198.51.100.11/
	steer unbind tcp 198.51.100.10:80
	is_lost "$WEB"
	reaches http://198.51.100.11/
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Warnings before harm, on real interfaces: each is there, is true, and the
# command it names repairs it. What is lost all the same is counted.

load lib/net

setup() {
	net_setup
}

teardown() {
	net_teardown
}

# COMMAND...: runs it, and then each command behind "; " of a warning it gave.
fix() {
	local line commands

	run "$@"
	mapfile -t commands < <(grep -oE '(warning|unreachable): .*; .*' <<<"$output" |
		sed 's/.*; //; s/^in the peer.s namespace: //')
	[ "${#commands[@]}" -gt 0 ] || return 1
	for line in "${commands[@]}"; do
		line=${line/#ip netns exec /nsenter --net=/run/netns/}
		line=${line/#portsteer /"$PORTSTEER" }
		echo "repairs: $line" >&2
		$line >/dev/null
	done
}

# Three datagrams from the client for port 9 of the backend.
send_three() {
	for _ in 1 2 3; do
		net_in "$CLIENT" socat -u - udp4:198.51.100.10:9 <<<"${1:-hello}"
	done
}

# N: so many frames are said to be lost.
lost() {
	[ "$(reason xdp redirect-lost)" -eq "$1" ]
}

# N: so many frames were redirected, lost or not.
redirected() {
	[ "$(reason xdp redirect)" -eq "$1" ]
}

@test "an interface without vices: nothing is said; with -v, what may matter" {
	same '' "$(steer attach eth0 2>&1)"
	steer detach eth0
	says 0 'note: eth0: vlan: VLAN tags are taken off' steer -v attach eth0
	says 0 "note: eth0: peer: frames that XDP redirects to 'eth0' are lost while its peer 'eth0' has no XDP program; portsteer -n $CLIENT attach eth0" \
		steer -v attach eth0
	same '' "$(steer -q -v attach eth0 2>&1)"
}

@test "a peer without XDP: said by bind and conflicts, lost frames are counted, the command repairs it" {
	steer attach eth0
	warning="unreachable: udp 198.51.100.10:9: frames that XDP redirects to 'eth1' are lost while its peer 'eth0' has no XDP program; portsteer -n $BACKEND attach eth0"
	says 0 "$warning" steer bind udp 198.51.100.10:9 redirect eth1 via 198.51.100.10
	says 0 'has no XDP program' steer conflicts
	lost 0
	send_three
	net_wait 20 lost 3
	same 3 "$(reason xdp redirect)"
	fix steer bind udp 198.51.100.10:9 redirect eth1 via 198.51.100.10 name again --replace
	same '' "$(steer conflicts)"
	net_start "$BACKEND" socat -u udp4-recv:9 "open:$BATS_TEST_TMPDIR/got,creat,append"
	net_wait 20 net_listens "$BACKEND" udp 9
	send_three
	net_wait 20 grep -c hello "$BATS_TEST_TMPDIR/got"
	lost 3
	"$PORTSTEER" -n "$BACKEND" detach all
}

@test "a target that is down: the same" {
	"$PORTSTEER" -n "$BACKEND" attach eth0
	steer attach eth0
	ip -n "$HOST" link set eth1 down
	says 0 "'eth1' is down, and what is redirected there is lost; ip netns exec $HOST ip link set eth1 up" \
		steer bind udp 198.51.100.10:9 redirect eth1 mac 02:00:00:00:00:04
	send_three
	net_wait 20 lost 3
	fix steer bind udp 198.51.100.10:9 redirect eth1 mac 02:00:00:00:00:04 name again --replace
	same '' "$(steer conflicts)"
	send_three
	net_wait 20 redirected 6
	lost 3
}

@test "a target that takes shorter frames than may come: the same" {
	"$PORTSTEER" -n "$BACKEND" attach eth0
	ip -n "$HOST" link set eth1 mtu 600
	steer attach eth0
	says 0 "'eth1' takes frames of at most 600 bytes, and longer ones from 'eth0' (1500) are lost; ip netns exec $HOST ip link set eth1 mtu 1500" \
		steer bind udp 198.51.100.10:9 redirect eth1 mac 02:00:00:00:00:04
	send_three "$(printf '%1000s' x)"
	net_wait 20 lost 3
	fix steer bind udp 198.51.100.10:9 redirect eth1 mac 02:00:00:00:00:04 name again --replace
	same '' "$(steer conflicts)"
}

@test "a target whose driver takes none: a bridge" {
	ip -n "$HOST" link add br0 type bridge
	ip -n "$HOST" link set br0 up
	steer attach eth0
	says 0 "the driver of 'br0' takes no frames from XDP" steer bind udp any:9 redirect br0
	send_three
	net_wait 20 lost 3
	steer detach eth0
	steer attach eth0 hook tc
	same '' "$(steer conflicts)"
}

@test "attach says what is redirected already and would be lost" {
	steer -q bind udp any:9 redirect eth1
	steer -q bind udp any:10 redirect eth1 mac 02:00:00:00:00:01
	says 0 "warning: redirect: frames that XDP redirects to 'eth1' are lost while its peer" \
		steer attach eth0
	same 1 "$(grep -c 'warning: redirect:' <<<"$output")"
	steer detach eth0
	same '' "$(steer attach eth0 hook tc 2>&1)"
	ip -n "$HOST" link set eth1 down
	steer detach eth0 2>/dev/null
	says 0 "warning: redirect: 'eth1' is down" steer attach eth0 hook tc
}

@test "unfinished checksums: said once something is redirected, and by attach; ethtool repairs it" {
	"$PORTSTEER" -n "$BACKEND" attach eth0
	net_in "$CLIENT" ethtool -K eth0 tx on >/dev/null
	same '' "$(steer attach eth0 2>&1)"
	warning="warning: eth0: checksum: its peer leaves checksums unfinished, and the receiver of redirected frames then drops them; ip netns exec $CLIENT ethtool -K eth0 tx off"
	net_start "$BACKEND" socat -u udp4-recv:9 "open:$BATS_TEST_TMPDIR/got,creat,append"
	net_wait 20 net_listens "$BACKEND" udp 9
	says 0 "$warning" steer bind udp 198.51.100.10:9 redirect eth1 via 198.51.100.10
	same '' "$(steer bind udp 198.51.100.10:8 redirect eth1 via 198.51.100.10 2>&1)"
	send_three
	net_wait 20 redirected 3
	[ ! -s "$BATS_TEST_TMPDIR/got" ] # and it is true
	steer -q detach eth0
	fix steer attach eth0
	send_three
	net_wait 20 grep -c hello "$BATS_TEST_TMPDIR/got"
	steer -q detach eth0
	same '' "$(steer attach eth0 2>&1)"
}

# What is said of a driver that has XDP: before 6.3 the kernel does not tell.
native_driver() {
	if net_kernel 6.3; then
		echo "the driver has XDP of its own: 'mode native'"
	else
		echo "the driver may have XDP of its own: try 'mode native'"
	fi
}

@test "generic XDP and long packets of a peer: said, true, repaired" {
	local before

	net_in "$CLIENT" ethtool -K eth0 tx on tso on gso on >/dev/null
	steer -q bind tcp 198.51.100.10:80 redirect eth1 via 198.51.100.10
	says 0 "warning: eth0: merged: its peer sends unsegmented packets: several count as one, and are lost when redirected; ip netns exec $CLIENT ethtool -K eth0 tso off gso off" \
		steer attach eth0 mode generic
	says 0 "note: eth0: generic: generic XDP copies each packet in the stack; $(native_driver)" \
		steer -v attach eth0 mode generic
	net_web "$BACKEND" backend 80
	head -c 100000 /dev/zero >"$BATS_TEST_TMPDIR/body"
	net_in "$CLIENT" curl -sS -m 5 -o /dev/null --data-binary "@$BATS_TEST_TMPDIR/body" \
		http://198.51.100.10/
	[ "$(reason xdp redirect-lost)" -gt 0 ]
	steer -q detach eth0
	fix steer attach eth0 mode generic
	before=$(reason xdp redirect-lost) # of the first connection, sent again before it was repaired
	net_in "$CLIENT" curl -sS -m 5 -o /dev/null --data-binary "@$BATS_TEST_TMPDIR/body" \
		http://198.51.100.10/
	lost "$before"
}

@test "more queues of a peer than are read: said before the kernel refuses, ethtool repairs it" {
	ip -n "$HOST" link add eth2 numrxqueues 2 numtxqueues 2 type veth \
		peer name eth3 numrxqueues 2 numtxqueues 2
	net_in "$HOST" ethtool -L eth3 tx 2
	net_in "$HOST" ethtool -L eth2 rx 1
	says 1 "warning: eth2: queues: its peer sends on 2 queues and it receives on 1, which the kernel refuses with XDP; ip netns exec $HOST ethtool -L eth2 rx 2" \
		steer attach eth2
	fix steer attach eth2
	steer attach eth2
}

@test "an interface that is down, in JSON as well" {
	ip -n "$HOST" link set eth0 down
	says 0 "{\"note\":\"note: eth0: down: the interface is down, so nothing arrives; ip netns exec $HOST ip link set eth0 up\",\"severity\":\"note\",\"fix\":\"ip netns exec $HOST ip link set eth0 up\"}" \
		steer -j -v attach eth0
}

backend_lost_one() {
	[ "$("$PORTSTEER" -n "$BACKEND" -j reasons |
		jq '.[] | select(.reason == "redirect-lost") | .packets')" = 1 ]
}

@test "losses are watched while some XDP program is there, and only of the own namespace" {
	steer attach eth0
	steer attach eth1
	[ -e "$PINS/$HOST/watch-refused" ]
	steer detach eth0
	[ -e "$PINS/$HOST/watch-dropped" ]
	"$PORTSTEER" -n "$BACKEND" attach eth0 # the index of eth0 there is that of an eth0 here
	"$PORTSTEER" -n "$BACKEND" -q bind udp any:9 redirect lo
	net_in "$HOST" socat -u - udp4:198.51.100.10:9 <<<hello
	net_wait 20 backend_lost_one
	lost 0
	steer -q bind tcp any:1 drop
	steer detach eth1
	[ ! -e "$PINS/$HOST/watch-refused" ]
	[ ! -e "$PINS/$HOST/watch-dropped" ]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# explain: what it says is what real packets meet, and it leaves no trace.

load lib/net

setup() {
	net_setup
}

teardown() {
	net_teardown
}

# WORDS...: "REASON VERDICT BINDING", of the packet
answer() {
	steer -j explain "$@" 2>/dev/null |
		jq -r '.[0] | "\(.reason) \(.verdict) \(.binding)"'
}

# All that packets write, byte for byte.
live() {
	local map

	for map in counters sent reasons flows flow_state late socket_infos; do
		bpftool -j map dump pinned "$PINS/$HOST/$map"
	done
}

@test "candidates in their order, who wins, why the others lose, and where the answer ends" {
	says 4 "nothing is attached or bound in instance '$HOST'" \
		steer explain tcp 198.51.100.7:40000 192.0.2.10:443
	steer -q attach eth0
	steer -q bind --batch - <<-'END'
		tcp 192.0.2.10:443 drop name web-host
		tcp 192.0.2.10:400-500 drop name range
		tcp 192.0.2.0/24:443 count name web-net
		tcp 192.0.0.0/16:any pass name wide
		tcp any4:443 drop name four
		tcp any:443 pass name web-any
	END
	same "tcp 198.51.100.7:40000 -> 192.0.2.10:443, at eth0 (xdp, native), generation 1
  BINDING                ACTION NAME
1 tcp 192.0.2.10:443     drop   web-host wins
2 tcp 192.0.2.10:400-500 drop   range    loses: a range; 1 is for exactly this port
3 tcp 192.0.2.0/24:443   count  web-net  loses: /24 is shorter than /32
4 tcp 192.0.0.0/16:any   pass   wide     loses: /16 is shorter than /32
5 tcp any4:443           drop   four     loses: any address
6 tcp any:443            pass   web-any  loses: any address
drop: dropped by a binding" \
		"$(steer explain tcp 198.51.100.7:40000 192.0.2.10:443 dev eth0 | sed 's/ *$//')"
	same "tcp 198.51.100.7:1 -> 203.0.113.9:443, VLAN 5, 6, at eth0 (xdp, native), generation 1
  BINDING      ACTION NAME
1 tcp any4:443 drop   four    wins
2 tcp any:443  pass   web-any loses: both families; 1 is for IPv4 alone
drop: dropped by a binding" \
		"$(steer explain tcp 198.51.100.7:1 203.0.113.9:443 vlan 5 vlan 6 | sed 's/ *$//')"
	says 0 "pass: passed by a binding
from here on netfilter, routing and sockets decide, which is not looked into" \
		steer explain tcp '[2001:db8::7]:1' '[2001:db8::9]:443'
	says 0 "unbound: passed: no binding for its endpoint" \
		steer explain udp 198.51.100.7:1 192.0.2.10:443
	same "1 tcp 203.0.113.9:443 unbound 2 tcp 203.0.113.9:400-500 unbound 3 tcp 203.0.113.0/24:443 unbound 4 tcp 203.0.0.0/16:any unbound 5 tcp any4:443 drop four wins 6 tcp any:443 pass web-any loses: both families; 5 is for IPv4 alone" \
		"$(steer -v explain tcp 198.51.100.7:1 203.0.113.9:443 | sed -n '3,8p' | xargs)"
}

@test "what no binding is looked up for has its reason" {
	steer -q attach eth0
	steer -q bind tcp any:443 drop
	says 0 'multicast: passed: multicast or broadcast' \
		steer explain tcp 198.51.100.7:1 224.0.0.1:443
	same 'multicast pass null' "$(answer tcp 198.51.100.7:1 224.0.0.1:443)"
	same 'vlan-limit-drop drop null' \
		"$(answer tcp 198.51.100.7:1 192.0.2.2:443 vlan 1 vlan 2 vlan 3)"
	same 'drop drop tcp any:443' "$(answer tcp 198.51.100.7:1 192.0.2.2:443 length 9000)"
	same 'unbound pass null' "$(answer sctp 198.51.100.7:1 192.0.2.2:443 length 9000)"
}

@test "redirects: the way out, its link address, and what is missing" {
	steer -q attach eth0
	ip -n "$HOST" neighbour replace 198.51.100.10 lladdr 02:00:00:00:00:04 dev eth1
	steer -q bind --batch - <<-'END'
		udp any:53 redirect eth1 via 198.51.100.10
		udp any:54 redirect eth1 mac 02:00:00:00:00:09
		udp any:55 redirect eth1 peer
		udp any:56 redirect eth1 peer on-missing pass
		udp any:57 redirect eth7
		udp any:58 redirect eth7 on-missing pass
		udp any:59 redirect eth1 via 198.51.100.77
		udp any:60 redirect eth1
	END
	says 0 'redirect: redirected by a binding, out of eth1 to 02:00:00:00:00:04 (via 198.51.100.10)
what becomes of it behind that interface is not looked into' \
		steer explain udp 198.51.100.7:1 192.0.2.2:53
	same 'redirect eth1 02:00:00:00:00:09 null' \
		"$(steer -j explain udp 198.51.100.7:1 192.0.2.2:54 |
			jq -r '.[0] | "\(.verdict) \(.device) \(.mac) \(.via)"')"
	same 'unsupported drop udp any:55' "$(answer udp 198.51.100.7:1 192.0.2.2:55)"
	same 'unsupported-pass pass udp any:56' "$(answer udp 198.51.100.7:1 192.0.2.2:56)"
	same 'no-device drop udp any:57' "$(answer udp 198.51.100.7:1 192.0.2.2:57)"
	same 'no-device-pass pass udp any:58' "$(answer udp 198.51.100.7:1 192.0.2.2:58)"
	same 'no-neighbour drop udp any:59' "$(answer udp 198.51.100.7:1 192.0.2.2:59)"
	says 0 'out of eth1 to 02:00:00:00:00:02' steer explain udp 198.51.100.7:1 192.0.2.2:60
	steer -q detach eth0
	steer -q attach eth0 hook tc
	says 0 'redirected by a binding, out of eth1, into the namespace of its peer' \
		steer explain udp 198.51.100.7:1 192.0.2.2:55
	same 'redirect redirect udp any:55' "$(answer udp 198.51.100.7:1 192.0.2.2:55 length 9000)"
	ip -n "$HOST" link delete eth1
	same 'redirect redirect udp any:53' "$(answer udp 198.51.100.7:1 192.0.2.2:53)"
	steer -q detach eth0
	steer -q attach eth0
	same 'no-device drop udp any:53' "$(answer udp 198.51.100.7:1 192.0.2.2:53)"
}

@test "on to the socket and its process" {
	local pid info

	steer -q attach eth0
	steer -q bind tcp any:80 socket web 2>/dev/null
	says 0 'socket: passed for a socket
nothing is attached where sockets are chosen, so the stack goes on as if there were no binding' \
		steer explain tcp 198.51.100.7:1 192.0.2.2:80
	steer -q attach netns
	same 'no-socket drop tcp any:80' "$(answer tcp 198.51.100.7:1 192.0.2.2:80)"
	net_web "$HOST" web 8080
	pid=${NET_PIDS[-1]}
	steer -q socket add web --listening tcp any4:8080
	says 0 "socket: passed for a socket
socket: handed to web, tcp any4:8080 (nginx, pid $pid)
if netfilter and routing deliver it to this host, which is not looked into" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:80
	same "web tcp any4:8080 $pid nginx" "$(steer -j explain tcp 198.51.100.7:1 192.0.2.2:80 |
		jq -r '.[0].socket | "\(.name) \(.socket) \(.pid) \(.command)"')"
	same 'no-socket drop tcp any:80' "$(answer tcp '[2001:db8::7]:1' '[2001:db8:1::2]:80')"
	same 0 "$(steer -j sockets | jq '.[0].taken')"
	same web "$(net_get http://192.0.2.2:80/)"
	same 1 "$(steer -j sockets | jq '.[0].taken')"
	mapfile -t info < <(bpftool -j map lookup pinned "$PINS/$HOST/socket_infos" key 0 0 0 0 |
		jq -r '.value[] | ltrimstr("0x")')
	info[0]=01 # of its cookie
	bpftool map update pinned "$PINS/$HOST/socket_infos" key 0 0 0 0 value hex "${info[@]}"
	says 1 "the program that chooses sockets and the registry differ about this packet" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:80
}

@test "what it says is what packets meet; and all that packets write stays as it was" {
	local before

	steer -q attach eth0
	steer -q attach netns
	steer -q bind --batch - <<-'END'
		udp any:7 count
		udp any:8 drop
		udp 192.0.2.0/24:9 redirect eth1 mac 02:00:00:00:00:04
	END
	for port in 7 8 9 10; do
		net_in "$CLIENT" socat -u - "udp4:192.0.2.2:$port" <<<hello
	done
	ip -n "$CLIENT" link set eth0 down
	before=$(live)
	for port in 7 8 9 10; do
		steer -q -j explain udp 192.0.2.1:4000 "192.0.2.2:$port" |
			jq -r '.[0].reason' >>"$BATS_TEST_TMPDIR/said"
	done
	steer -q explain udp 192.0.2.1:4000 192.0.2.2:7 dev lo >/dev/null
	same "$before" "$(live)"
	same "count drop redirect unbound" "$(sort "$BATS_TEST_TMPDIR/said" | xargs)"
	while read -r said; do
		[ "$(reason xdp "$said")" -ge 1 ]
	done <"$BATS_TEST_TMPDIR/said"
	[ -z "$(bpftool -j prog show | jq -r '.[] | select(.name == "portsteer_xdp" and
		.pids[0].comm == "portsteer") | .id')" ]
}

@test "where nothing is attached, and by programs of another build, with a note" {
	steer -q bind tcp any:443 drop
	says 0 "note: nothing is attached; this is what XDP would do" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:443
	same 'drop drop tcp any:443' "$(answer tcp 198.51.100.7:1 192.0.2.2:443)"
	steer -q attach eth0
	says 0 "note: nothing is attached to 'eth1', so its packets are not steered; this is what 'portsteer -n $HOST attach eth1' would do" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:443 dev eth1
	same false "$(steer -j explain tcp 198.51.100.7:1 192.0.2.2:443 dev eth1 2>/dev/null |
		jq '.[0].attached')"
	says 4 "there is no interface 'eth7' in this network namespace; did you mean 'eth" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:443 dev eth7
	ip -n "$HOST" tuntap add dev tun0 mode tun
	ip -n "$HOST" link set tun0 up
	steer -q attach tun0 hook tc
	same 'drop drop tcp any:443' "$(answer tcp 198.51.100.7:1 192.0.2.2:443 dev tun0)"
	says 2 "packets of 'tun0' have no link header, and so no VLAN tag" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:443 dev tun0 vlan 5
}

# NAME ACTION: of the record of that binding, in both halves, behind the tool's back
damage() {
	/usr/bin/python3 - "$PINS/$HOST/bindings" "$@" <<-'END'
		import json, subprocess, sys
		path, name, action = sys.argv[1:]
		for row in json.loads(subprocess.check_output(["bpftool", "-j", "map", "dump", "pinned", path])):
		    value = [byte[2:] for byte in row["value"]]
		    if bytes.fromhex("".join(value[16:48])).rstrip(b"\0").decode() != name:
		        continue
		    value[0] = value[4] = action
		    subprocess.check_call(["bpftool", "map", "update", "pinned", path, "key", "hex",
		                           *(byte[2:] for byte in row["key"]), "value", "hex", *value])
	END
}

@test "a table that contradicts itself: both answers, and exit 1" {
	steer -q attach eth0
	steer -q bind --batch - <<-'END'
		tcp any:443 pass name one
		tcp any:400-500 drop name many
	END
	damage one 03
	says 1 "the kernel and the table differ about this packet: the programs say pass, reason pass, by tcp any:443; the table says drop, reason drop, by tcp any:443" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:443
	damage one 00
	says 1 "the programs say pass, reason pass; the table says drop, reason drop, by tcp any:400-500" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:443
	run --separate-stderr steer -j explain tcp 198.51.100.7:1 192.0.2.2:443
	[ "$status" -eq 1 ]
	same 'pass drop tcp any:400-500' \
		"$(jq -r '.[0] | "\(.verdict) \(.expected.verdict) \(.expected.binding)"' <<<"$output")"
	damage one 01
	same 'pass pass tcp any:443' "$(answer tcp 198.51.100.7:1 192.0.2.2:443)"
}

@test "while the table changes without end; and without the right to load programs" {
	steer -q attach eth0
	steer -q bind tcp any:443 drop
	# shellcheck disable=SC2016 # for the other shell
	net_start "$HOST" bash -c 'while :; do
		"$1" -n "$2" -q bind tcp any:444 drop; "$1" -n "$2" -q unbind tcp any:444; done' \
		- "$PORTSTEER" "$HOST"
	for _ in 1 2 3; do
		run --separate-stderr steer -j explain tcp 198.51.100.7:1 192.0.2.2:443
		[ "$status" -eq 0 ] || [ "$status" -eq 75 ]
		[ "$status" -eq 75 ] || same drop "$(jq -r '.[0].verdict' <<<"$output")"
	done
	kill -KILL "${NET_PIDS[-1]}"
	says 1 'CAP_BPF' net_in "$HOST" setpriv --bounding-set=-all --inh-caps=-all \
		"$PORTSTEER" -n "$HOST" explain tcp 198.51.100.7:1 192.0.2.2:443
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# explain: what it says is what real packets meet, and it leaves no trace. Tests that only ask
# share one host; those that change something make one of their own.

load lib/net

setup_file() {
	[ "$(id -u)" -eq 0 ] || return 0 # here bats cannot skip
	net_setup
	export NET CLIENT HOST BACKEND
	ip -n "$HOST" neighbour replace 198.51.100.10 lladdr 02:00:00:00:00:04 dev eth1
	ip -n "$HOST" tuntap add dev tun0 mode tun
	ip -n "$HOST" link set tun0 up
	steer -q bind --batch - <<-'END' 2>/dev/null
		tcp 192.0.2.10:443 drop name web-host
		tcp 192.0.2.10:400-500 drop name range
		tcp 192.0.2.0/24:443 count name web-net
		tcp 192.0.0.0/16:any pass name wide
		tcp any4:443 drop name four
		tcp any:443 pass name web-any
		udp any:53 redirect eth1 via 198.51.100.10
		udp any:54 redirect eth1 mac 02:00:00:00:00:09
		udp any:55 redirect eth1 peer
		udp any:56 redirect eth1 peer on-missing pass
		udp any:57 redirect eth7
		udp any:58 redirect eth7 on-missing pass
		udp any:59 redirect eth1 via 198.51.100.77
		udp any:60 redirect eth1
	END
	steer -q attach eth0
	steer -q attach eth1 hook tc
	steer -q attach tun0 hook tc
	[ "$(steer status | grep -c eth)" -ge 2 ]
}

teardown_file() {
	net_teardown
}

setup() {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

teardown() {
	net_teardown
}

# WORDS...: "REASON VERDICT BINDING", of the packet
answer() {
	steer -j explain "$@" 2>/dev/null |
		jq -r '.[0] | "\(.reason) \(.verdict) \(.binding)"'
}

# WORDS...: the same of each packet on stdin, by one command
answers() {
	/usr/bin/python3 "$BATS_TEST_DIRNAME/lib/packets.py" >"$BATS_TEST_TMPDIR/packets.pcap"
	steer -q -j explain -r "$BATS_TEST_TMPDIR/packets.pcap" "$@" |
		jq -r '"\(.reason) \(.verdict) \(.binding)"'
}

# MAP...: byte for byte
live() {
	/usr/bin/python3 "$BATS_TEST_DIRNAME/lib/maps.py" "${@/#/$PINS/$HOST/}"
}

@test "candidates in their order, who wins, why the others lose, and where the answer ends" {
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

@test "what no binding is looked up for has its reason; and interfaces of every kind" {
	says 0 'multicast: passed: multicast or broadcast' \
		steer explain tcp 198.51.100.7:1 224.0.0.1:443
	same 'vlan-limit-drop drop null' \
		"$(answer tcp 198.51.100.7:1 192.0.2.2:443 vlan 1 vlan 2 vlan 3)"
	same 'drop drop tcp any4:443' "$(answer tcp 198.51.100.7:1 203.0.113.2:443 length 9000)"
	same 'multicast pass null
unbound pass null' "$(answers <<-'END'
		tcp 198.51.100.7:1 224.0.0.1:443
		sctp 198.51.100.7:1 203.0.113.2:443
	END
	)"
	says 4 "there is no interface 'eth7' in this network namespace; did you mean 'eth" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:443 dev eth7
	same 'drop drop tcp any4:443' "$(answer tcp 198.51.100.7:1 203.0.113.2:443 dev tun0)"
	says 2 "packets of 'tun0' have no link header, and so no VLAN tag" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:443 dev tun0 vlan 5
}

@test "redirects: the way out, its link address, and what is missing" {
	says 0 'redirect: redirected by a binding, out of eth1 to 02:00:00:00:00:04 (via 198.51.100.10)
what becomes of it behind that interface is not looked into' \
		steer explain udp 198.51.100.7:1 192.0.2.2:53
	same 'redirect eth1 02:00:00:00:00:09 null' \
		"$(steer -j explain udp 198.51.100.7:1 192.0.2.2:54 |
			jq -r '.[0] | "\(.verdict) \(.device) \(.mac) \(.via)"')"
	says 0 'out of eth1 to 02:00:00:00:00:02' steer explain udp 198.51.100.7:1 192.0.2.2:60
	same 'unsupported drop udp any:55
unsupported-pass pass udp any:56
no-device drop udp any:57
no-device-pass pass udp any:58
no-neighbour drop udp any:59' \
		"$(for port in 55 56 57 58 59; do
			echo "udp 198.51.100.7:1 192.0.2.2:$port"
		done | answers)"
	says 0 'redirected by a binding, out of eth1, into the namespace of its peer' \
		steer explain udp 198.51.100.7:1 192.0.2.2:55 dev eth1
	same 'redirect redirect udp any:55' \
		"$(answer udp 198.51.100.7:1 192.0.2.2:55 length 9000 dev eth1)"
}

@test "--from: the table of a file in place of the live one, which stays as it is" {
	local before file=$BATS_TEST_TMPDIR/new.yaml seconds

	ip -n "$CLIENT" link set eth0 down # for the bytes to stay
	ip -n "$BACKEND" link set eth0 down
	cat >"$file" <<-'END'
		interfaces:
		  - device: eth0
		  - {device: eth1, hook: tc}
		  - device: eth9
		bindings:
		  - {endpoint: "tcp 192.0.2.10:443", action: pass, name: new}
		  - {endpoint: "tcp any:80", action: socket web}
		  - {endpoint: "udp any:55", action: redirect eth1 peer}
		sockets:
		  - {name: web, listening: "tcp any4:8080"}
	END
	before=$(live counters sent reasons flows late bindings state hooks directory slots socket_names)
	says 0 "new.yaml:4:13: warning: there is no interface 'eth9' in this network namespace; whether its packets have a link header is unchecked
tcp 198.51.100.7:40000 -> 192.0.2.10:443, at eth0 (xdp, native), table of $file
  BINDING            ACTION NAME" steer explain tcp 198.51.100.7:40000 192.0.2.10:443 --from "$file"
	says 0 'at eth1 (tc-ingress), table of ' \
		steer explain udp 198.51.100.7:1 192.0.2.2:55 dev eth1 --from "$file"
	says 0 'socket: passed for a socket
to which socket is unchecked: those that the file names are looked for when it is applied' \
		steer explain tcp 198.51.100.7:1 192.0.2.2:80 --from - <"$file"
	same 'pass pass tcp 192.0.2.10:443
unbound pass null
unsupported drop udp any:55' "$(answers --from "$file" 2>/dev/null <<-'END'
		tcp 198.51.100.7:1 192.0.2.10:443
		tcp 198.51.100.7:1 192.0.2.11:443
		udp 198.51.100.7:1 192.0.2.2:55
	END
	)"
	says 0 "note: with this file nothing is attached to 'tun0', so its packets are not steered; this is what XDP would do" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:80 dev tun0 --from "$file"
	sed -i '1,4d; 6,$d' "$file" # without interfaces: those that are attached
	echo '  - {endpoint: "tcp any:9", action: drop}' >>"$file"
	same 'eth0 true null drop' "$(steer -j explain tcp 198.51.100.7:1 192.0.2.2:9 --from "$file" |
		jq -r '.[0] | "\(.interface) \(.attached) \(.generation) \(.verdict)"')"
	for seconds in 0.1 0.25 0.4; do # killed at any moment
		run timeout -s KILL "$seconds" "$PORTSTEER" -n "$HOST" -q explain \
			-r "$BATS_TEST_TMPDIR/packets.pcap" --from "$file"
	done
	same "$before" "$(live counters sent reasons flows late bindings state hooks directory slots socket_names)"
	same '' "$(grep -F "$BATS_TEST_TMPDIR" /proc/self/mounts)"
	ip -n "$CLIENT" link set eth0 up
	ip -n "$BACKEND" link set eth0 up
}

@test "--from: no instance, no BPF file system, no right; and a file that is refused" {
	local file=$BATS_TEST_TMPDIR/new.yaml

	net_setup_table
	printf 'bindings: [{endpoint: "tcp any:9", action: drop}]\n' >"$file"
	says 0 "note: with this file nothing is attached; this is what XDP would do
tcp 198.51.100.7:1 -> 192.0.2.2:9 (xdp, not attached), table of $file" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:9 --from "$file"
	[ ! -e "$PINS/$HOST" ]
	# shellcheck disable=SC2016 # for the other shell
	says 0 'drop: dropped by a binding
no bpf is mounted' unshare -m bash -c 'while umount -l /sys/fs/bpf 2>/dev/null; do :; done
		"$@" && ! grep " /sys/fs/bpf bpf" /proc/self/mounts && echo no bpf is mounted' - \
		"$PORTSTEER" -q -n "$HOST" explain tcp 198.51.100.7:1 192.0.2.2:9 --from "$file"
	says 1 'cannot mount a BPF file system that no other process sees: needs CAP_SYS_ADMIN' \
		net_in "$HOST" setpriv --bounding-set=-all --inh-caps=-all \
		"$PORTSTEER" -n "$HOST" explain tcp 198.51.100.7:1 192.0.2.2:9 --from "$file"
	echo 'bindings: []' >"$file"
	says 0 'unbound: passed' steer explain tcp 198.51.100.7:1 192.0.2.2:9 --from "$file"
	printf 'bindings:\n  - {endpoint: "tcp any:%s", action: drop}\n' 9 9 >"$file"
	sed -i 3d "$file"
	says 3 "$file:3:17: duplicate: tcp any:9: bound twice here, first in line 2" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:9 --from "$file"
	echo '  - {endpoint: "tcp any:70000", action: drop}' >>"$file"
	says 2 "$file:4:" steer explain tcp 198.51.100.7:1 192.0.2.2:9 --from "$file"
	says 4 "nothing is attached or bound in instance '$HOST'" \
		steer explain tcp 198.51.100.7:40000 192.0.2.10:443
}

@test "on to the socket and its process" {
	local pid info

	net_setup
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
	local before maps=(counters sent reasons flows flow_state late socket_infos)

	net_setup
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
	for _ in {1..25}; do # what is on its way is counted still
		before=$(live "${maps[@]}")
		sleep 0.2
		[ "$before" != "$(live "${maps[@]}")" ] || break
	done
	for port in 7 8 9 10; do
		echo "udp 192.0.2.1:4000 192.0.2.2:$port"
	done | answers >"$BATS_TEST_TMPDIR/said"
	steer -q explain udp 192.0.2.1:4000 192.0.2.2:7 dev lo >/dev/null
	same "$before" "$(live "${maps[@]}")"
	same "count drop redirect unbound" "$(cut -d ' ' -f 1 "$BATS_TEST_TMPDIR/said" | xargs)"
	while read -r said _; do
		[ "$(reason xdp "$said")" -ge 1 ]
	done <"$BATS_TEST_TMPDIR/said"
	[ -z "$(bpftool -j prog show | jq -r '.[] | select(.name == "portsteer_xdp" and
		.pids[0].comm == "portsteer") | .id')" ]
	ip -n "$HOST" link delete eth1
	same 'no-device drop udp 192.0.2.0/24:9' "$(answer udp 198.51.100.7:1 192.0.2.2:9)"
	steer -q detach eth0
	steer -q attach eth0 hook tc
	same 'redirect redirect udp 192.0.2.0/24:9' "$(answer udp 198.51.100.7:1 192.0.2.2:9)"
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

@test "where nothing is attached, a note; a table that contradicts itself: both answers, and exit 1" {
	net_setup_table
	ip -n "$HOST" link add eth0 type veth peer name eth1
	steer -q bind --batch - <<-'END'
		tcp any:443 pass name one
		tcp any:400-500 drop name many
	END
	says 0 "note: nothing is attached; this is what XDP would do" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:443
	steer -q attach eth0
	says 0 "note: nothing is attached to 'eth1', so its packets are not steered; this is what 'portsteer -n $HOST attach eth1' would do" \
		steer explain tcp 198.51.100.7:1 192.0.2.2:443 dev eth1
	same false "$(steer -j explain tcp 198.51.100.7:1 192.0.2.2:443 dev eth1 2>/dev/null |
		jq '.[0].attached')"
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
	net_setup_table
	steer -q bind tcp any:443 drop
	# shellcheck disable=SC2016 # for the other shell
	net_start "$HOST" bash -c 'while :; do
		"$1" -n "$2" -q bind tcp any:444 drop; "$1" -n "$2" -q unbind tcp any:444; done' \
		- "$PORTSTEER" "$HOST"
	for _ in 1 2; do
		run --separate-stderr steer -q -j --wait 0 explain tcp 198.51.100.7:1 192.0.2.2:443
		[ "$status" -eq 0 ] || [ "$status" -eq 75 ]
		[ "$status" -eq 75 ] || same drop "$(jq -r '.[0].verdict' <<<"$output")"
	done
	kill -KILL "${NET_PIDS[-1]}"
	says 1 'CAP_BPF' net_in "$HOST" setpriv --bounding-set=-all --inh-caps=-all \
		"$PORTSTEER" -n "$HOST" explain tcp 198.51.100.7:1 192.0.2.2:443
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Conflicts with this host and within the table, with real sockets.

load lib/net

setup() {
	net_setup
	steer attach eth0
}

teardown() {
	net_teardown
}

# FILTER: kinds and endpoints that 'conflicts' lists, one a line
kinds() {
	steer -j conflicts | jq -r '.[] | "\(.severity) \(.kind) \(.endpoint)"'
}

# PORT SOCAT-ADDRESS ENDPOINT WAITS-AT: a listener, and the binding that takes from it
check_listener() {
	local proto=${2%%-*} port=$1 endpoint

	read -ra endpoint <<<"$3"

	net_start "$HOST" socat -u "$2" open:/dev/null
	net_wait 20 net_listens "$HOST" "${proto%[46]}" "$port"
	says 0 "listener: $3: a local socket listens on $4 (socat, pid ${NET_PIDS[-1]}, user root); this binding drops its traffic" \
		steer bind "${endpoint[@]}" drop
	says 3 "error    listener $3" steer conflicts
	steer unbind "${endpoint[@]}"
	says 3 "a local socket listens on $4 (socat, pid ${NET_PIDS[-1]}" \
		steer bind "${endpoint[@]}" drop --strict
	same '[]' "$(steer -j bindings)"
	steer -q bind "${endpoint[@]}" pass --strict
	same '' "$(kinds | grep listener)"
	steer flush
}

@test "listener: TCP and UDP, IPv4 and IPv6, with pid and command" {
	check_listener 1001 tcp4-listen:1001,bind=192.0.2.2 'tcp 192.0.2.2:1001' 'tcp 192.0.2.2:1001'
	check_listener 1002 tcp4-listen:1002 'tcp 192.0.2.0/24:1002' 'tcp any4:1002'
	check_listener 1003 'tcp6-listen:1003,bind=[2001:db8:1::2]' 'tcp any:1003' \
		'tcp [2001:db8:1::2]:1003'
	check_listener 1004 tcp6-listen:1004,ipv6only=0 'tcp 192.0.2.2:1000-1009' 'tcp any:1004'
	check_listener 1005 udp4-recv:1005,bind=192.0.2.2 'udp 192.0.2.2:1005' 'udp 192.0.2.2:1005'
	check_listener 1006 udp6-recv:1006,ipv6only=1 'udp any6:1006' 'udp any6:1006'
}

@test "no listener: other address, port, protocol, family, loopback, action" {
	net_start "$HOST" socat -u tcp4-listen:1001,bind=192.0.2.2 open:/dev/null
	net_start "$HOST" socat -u tcp4-listen:1002,bind=127.0.0.1 open:/dev/null
	net_start "$HOST" socat -u tcp6-listen:1003,ipv6only=1 open:/dev/null
	net_wait 20 net_listens "$HOST" tcp 1001
	net_wait 20 net_listens "$HOST" tcp 1002
	net_wait 20 net_listens "$HOST" tcp 1003
	for endpoint in 192.0.2.3:1001 any:1000 any6:1001 any:1002 any4:1003 203.0.113.0/24:any; do
		steer -q bind tcp "$endpoint" drop --strict
		same '' "$(kinds)"
		steer flush
	done
	steer bind udp any:1001 drop --strict
	steer bind tcp any:1001 count --strict
	same '' "$(kinds)"
}

@test "no listener: a more specific binding leaves the socket its packets" {
	net_start "$HOST" socat -u tcp4-listen:1001 open:/dev/null
	net_wait 20 net_listens "$HOST" tcp 1001
	steer -q bind tcp any:1001 pass
	steer bind tcp any:1000-1009 drop --strict
	same 'info override tcp any:1001' "$(kinds)"
	steer unbind tcp any:1001
	same 'error listener tcp any:1000-1009' "$(kinds)"
}

@test "ephemeral: named with the sysctl that reserves the ports, which helps" {
	net_in "$HOST" sysctl -q -w net.ipv4.ip_local_port_range='40000 41000' \
		net.ipv4.ip_local_reserved_ports=7,40100
	steer bind udp any:39999 drop --strict
	says 0 "ephemeral: udp any:40007-40009: this host may pick port 40007" \
		steer bind udp any:40007-40009 drop
	reserved=net.ipv4.ip_local_reserved_ports=7,40007-40009,40100
	says 0 "sysctl -w $reserved" steer conflicts
	says 3 "ephemeral: udp any:40999" steer bind udp any:40999 drop --strict
	net_in "$HOST" sysctl -q -w "$reserved"
	same '' "$(kinds)"
}

@test "unreachable: what no hook steers" {
	says 0 "multicast packets are never steered" steer bind udp 224.0.0.251:5353 drop
	same "warning unreachable udp 224.0.0.251:5353" "$(kinds)"
	steer conflicts
	says 3 "unreachable" steer bind udp '[ff02::fb]:5353' drop --strict
}

@test "duplicate: refused with its holder; the same again is no-op; --replace" {
	steer bind tcp 203.0.113.1:80 drop name first
	says 3 "duplicate: tcp 203.0.113.1:80: already bound: tcp 203.0.113.1:80 drop (name 'first'); --replace changes it; nothing was changed" \
		steer bind tcp 203.0.113.1/32:http pass
	says 0 "tcp 203.0.113.1:80 is already bound that way" steer bind tcp 203.0.113.1:80 drop
	same drop "$(binding 'tcp 203.0.113.1:80' action)"
	steer bind tcp 203.0.113.1:80 pass --replace
	same 'pass first' "$(binding 'tcp 203.0.113.1:80' action) $(binding 'tcp 203.0.113.1:80' name)"
}

@test "overlap: refused, with both and the common part" {
	steer bind tcp 203.0.113.1:100-200 drop
	says 3 "overlap: tcp 203.0.113.1:150-250: shares ports 150-200 with tcp 203.0.113.1:100-200 drop, and neither range is within the other; nothing was changed" \
		steer bind tcp 203.0.113.1:150-250 drop
	steer bind tcp 203.0.113.1:120-180 drop
	steer bind tcp 203.0.113.0/24:150-250 drop
	steer bind udp 203.0.113.1:150-250 drop
	steer bind tcp 203.0.113.1:201-250 drop
	says 3 "overlap: tcp any4:50-150" steer bind --batch - <<-'END'
		tcp any4:100-200 drop
		tcp any4:50-150 drop
	END
}

@test "shadowed and override, among all bindings" {
	steer -q bind --batch - <<-'END'
		tcp 203.0.113.0/24:80 drop
		tcp 203.0.113.0/25:80 pass
		tcp 203.0.113.128/25:80 pass
		udp 203.0.113.7:53 pass
		udp any:53 drop
	END
	same "warning shadowed tcp 203.0.113.0/24:80
info override tcp 203.0.113.0/25:80
info override tcp 203.0.113.128/25:80
info override udp 203.0.113.7:53" "$(kinds)"
	steer conflicts
}

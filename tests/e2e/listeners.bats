#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Whose a socket is that loses its packets: groups, processes, users, units,
# devices, namespaces, and what may not be seen.

load lib/net

setup() {
	net_setup
	steer attach eth0
	CGROUP=
}

teardown() {
	net_teardown
	if [ "$CGROUP" ]; then
		net_wait 20 rmdir "$CGROUP"
	fi
}

# NS SOCKET...: a process that holds them, see hold.py
hold() {
	local ready=$BATS_TEST_TMPDIR/ready.${#NET_PIDS[@]}

	net_start "$1" /usr/bin/python3 "$BATS_TEST_DIRNAME/lib/hold.py" "$ready" "${@:2}"
	net_wait 10 test -e "$ready"
}

# FILTER [OPTION...]: what of the conflicts of kind listener
listeners() {
	steer -j conflicts "${@:2}" | jq -r ".[] | select(.kind == \"listener\") | $1"
}

# Whom a listener names, sorted: "nginx nginx"
OWNERS='.listener.owners | map(.command) | sort | join(" ")'

# PARENT: pids of its children, as jq sorts them
children() {
	pgrep -P "$1" | sort -n | paste -sd ' '
}

@test "a server with workers is one listener, with the pids of all" {
	cat >"$BATS_TEST_TMPDIR/nginx.conf" <<-'END'
		daemon off; pid nginx.pid; error_log error.log; worker_processes 3;
		events {} http { access_log off; client_body_temp_path .; proxy_temp_path .;
		fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .;
		server { listen 192.0.2.2:80; listen 192.0.2.2:81 reuseport; } }
	END
	net_start "$HOST" nginx -p "$BATS_TEST_TMPDIR" -c nginx.conf
	net_wait 20 net_listens "$HOST" tcp 81
	net_wait 20 has_children 3 "${NET_PIDS[-1]}"
	steer -q bind tcp any4:80 drop
	same 'error 1 nginx nginx nginx nginx' \
		"$(listeners "\"\(.severity) \(.listener.sockets) \($OWNERS)\"")"
	same "${NET_PIDS[-1]} $(children "${NET_PIDS[-1]}")" \
		"$(listeners '.listener.owners | map(.pid | tostring) | join(" ")')"
	steer -q flush
	steer -q bind tcp any4:81 drop
	same 'error 3 nginx nginx nginx nginx' \
		"$(listeners "\"\(.severity) \(.listener.sockets) \($OWNERS)\"")"
	says 3 "3 local sockets together listen on tcp 192.0.2.2:81 (nginx, pids ${NET_PIDS[-1]}, " \
		steer conflicts
}

has_children() {
	[ "$(pgrep -c -P "$2")" -eq "$1" ]
}

@test "several processes of one SO_REUSEPORT group; sharing after a fork" {
	hold "$HOST" udp,192.0.2.2,4433,reuseport
	hold "$HOST" udp,192.0.2.2,4433,reuseport udp,0.0.0.0,4433,reuseport
	hold "$HOST" tcp,192.0.2.2,4434,fork=2
	steer -q bind udp 192.0.2.2:4433 drop
	same "udp any4:4433 1 ${NET_PIDS[1]}
udp 192.0.2.2:4433 2 ${NET_PIDS[0]} ${NET_PIDS[1]}" "$(listeners '"\(.with) \(.listener.sockets) \(
		.listener.owners | map(.pid | tostring) | join(" "))"' | sort -r)"
	steer -q flush
	net_wait 20 has_children 2 "${NET_PIDS[2]}"
	says 0 "(python3, pids ${NET_PIDS[2]}, $(children "${NET_PIDS[2]}" | sed 's/ /, /'), user root" \
		steer bind tcp 192.0.2.2:4434 drop
}

@test "dual stack, V6ONLY, MPTCP" {
	hold "$HOST" tcp,::,1001 tcp,::,1002,v6only
	steer -q bind tcp any4:1001-1002 drop
	same 'tcp any:1001' "$(listeners .with)"
	steer -q flush
	steer -q bind tcp any6:1001-1002 drop
	same 'tcp any:1001
tcp any6:1002' "$(listeners .with)"
	steer -q flush
	if [ ! -e /proc/sys/net/mptcp/enabled ]; then
		skip "this kernel has no MPTCP"
	fi
	hold "$HOST" mptcp,192.0.2.2,1003
	steer -q bind tcp any:1003 drop
	same "${NET_PIDS[-1]}" "$(listeners '.listener.owners[].pid')"
}

@test "connected UDP: an error, but a warning on a port that the kernel picks" {
	net_in "$HOST" sysctl -q -w net.ipv4.ip_local_port_range='40000 41000'
	hold "$HOST" udp,192.0.2.2,5000,connect=192.0.2.1:53 udp,192.0.2.2,40500,connect=192.0.2.1:53
	says 0 "a local socket at udp 192.0.2.2:5000 is connected to 192.0.2.1:53 (python3, pid" \
		steer bind udp any:5000 drop
	steer -q bind udp any:40500 drop
	same 'error udp 192.0.2.2:5000 true
warning udp 192.0.2.2:40500 true' "$(listeners '"\(.severity) \(.with) \(.listener.connected)"')"
	same '' "$(steer -q bind udp any:5001 drop && listeners 'select(.endpoint == "udp any:5001")')"
}

@test "bound to a device: only one whose packets a program sees" {
	ip -n "$HOST" link add mv0 link eth0 type macvlan mode bridge
	hold "$HOST" tcp,0.0.0.0,1001,device=eth0 tcp,0.0.0.0,1002,device=eth1 \
		tcp,0.0.0.0,1003,device=mv0
	steer -q bind tcp any:1001-1003 drop
	same 'error tcp any4:1001 eth0
error tcp any4:1003 mv0
info tcp any4:1002 eth1' "$(listeners '"\(.severity) \(.with) \(.listener.device)"')"
	says 3 "on 'eth1' (python3, pid ${NET_PIDS[0]}, user root); no attached program sees its packets" \
		steer conflicts
	steer -q attach eth1
	same 'error error error' "$(listeners .severity | paste -sd ' ')"
	steer detach all
	same 'error error error' "$(listeners .severity | paste -sd ' ')"
}

# A cgroup like that of a service of systemd, with a process of an ordinary user below
# it, who may not see this directory.
start_service() {
	local mount

	mount=$(findmnt -nt cgroup2 -o TARGET | head -n 1)
	if [ -z "$mount" ] || ! mkdir "$mount/$NET.service" 2>/dev/null; then
		skip "cannot make a cgroup v2"
	fi
	CGROUP=$mount/$NET.service
	READY=$(mktemp -u "/tmp/$NET.XXXXXX")
	# shellcheck disable=SC2016 # of the shell in the service
	net_start "$HOST" sh -c 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"' sh "$CGROUP" \
		setpriv --reuid=65534 --clear-groups \
		/usr/bin/python3 -c "$(<"$BATS_TEST_DIRNAME/lib/hold.py")" "$READY" "$@"
	net_wait 10 test -e "$READY"
	rm "$READY"
}

@test "user, unit and cgroup, of the process and of the socket" {
	start_service tcp,192.0.2.2,2001
	user=$(getent passwd 65534 | cut -d: -f1)
	says 0 "(python3, pid ${NET_PIDS[0]}, user $user, unit $NET.service)" \
		steer bind tcp any:2001 drop
	same "$user $NET.service /$NET.service $user $NET.service /$NET.service" "$(listeners '
		.listener | "\(.user) \(.unit) \(.cgroup) \(.owners[] | "\(.user) \(.unit) \(.cgroup)")"')"
}

# WORDS...: portsteer of an ordinary user in the group that may read the instance. It
# has a BPF file system of its own, and does what the commands on standard input say.
as_reader() {
	nsenter --net="/run/netns/$HOST" -- unshare --mount --propagation private bash -e -s -- "$@"
}

@test "an ordinary user: owner unknown, but user and unit; what may not be entered is said" {
	TOOL=$(mktemp "/tmp/$NET.XXXXXX")
	cp "$PORTSTEER" "$TOOL"
	chmod 755 "$TOOL"
	start_service tcp,192.0.2.2,2001
	hold "$HOST" tcp,192.0.2.2,2002
	ip -n "$HOST" link add eth2 type veth peer name eth3
	run --separate-stderr as_reader "$TOOL" "$HOST" <<-'END'
		mount -t bpf bpf /sys/fs/bpf
		chmod 755 /sys/fs/bpf
		"$1" -n "$2" attach eth2
		"$1" -n "$2" -q bind tcp any:2001-2002 drop
		chgrp -R 64123 /sys/fs/bpf/portsteer
		setpriv --reuid=65533 --regid=64123 --clear-groups --inh-caps=-all --bounding-set=-all \
			-- "$1" -n "$2" -j conflicts --all-netns
	END
	rm "$TOOL"
	same 3 "$status"
	same "owner unknown tcp 192.0.2.2:2001 $NET.service
owner unknown tcp 192.0.2.2:2002 " "$(jq -r '.[] | select(.kind == "listener") |
		(.message | capture("(?<text>owner unknown)").text) +
		" \(.with) \(.listener.unit)"' <<<"$output")"
	same '[] []' "$(jq -r '[.[].listener.owners // empty | tostring] | join(" ")' <<<"$output")"
	says=$(jq -r --arg at "$BACKEND" '.[] | select(.kind == "unchecked") |
		"\(.severity) [\(.endpoint)] \(.message)"' <<<"$output")
	[[ $says == *"warning [] network namespace '$BACKEND': not looked at: cannot enter"* ]]
	[[ $says == *"processes were not looked at (needs CAP_SYS_PTRACE)"* ]]
}

@test "another namespace: -n, and --all-netns with named ones and those of processes" {
	hold "$BACKEND" tcp,0.0.0.0,1001
	net_start "$HOST" unshare --net sh -c "ip link set lo up
		ip address add 198.51.100.77/32 dev lo
		exec /usr/bin/python3 '$BATS_TEST_DIRNAME/lib/hold.py' '$BATS_TEST_TMPDIR/other' \
			tcp,198.51.100.77,1001"
	net_wait 10 test -e "$BATS_TEST_TMPDIR/other"
	steer -q bind tcp 198.51.100.0/24:1001 drop
	same '' "$(listeners .with)"
	same "warning /proc/${NET_PIDS[1]}/ns/net tcp 198.51.100.77:1001 ${NET_PIDS[1]}
warning $BACKEND tcp any4:1001 ${NET_PIDS[0]}" "$(listeners \
		'"\(.severity) \(.netns) \(.with) \(.listener.owners[].pid)"' --all-netns)"
	says 0 "in network namespace '$BACKEND' (python3, pid ${NET_PIDS[0]}, user root); this binding drops its traffic if it comes through here" \
		steer conflicts --all-netns
	steer -q flush
	steer -q bind tcp 198.51.100.10:1001 redirect eth1
	same "info $BACKEND" "$(listeners '"\(.severity) \(.netns)"' --all-netns)"
	"$PORTSTEER" -n "$BACKEND" -q bind tcp any:1001 drop
	same "error $BACKEND" "$("$PORTSTEER" -n "$BACKEND" -j conflicts |
		jq -r '.[] | select(.kind == "listener") | "\(.severity) \(.netns)"')"
}

@test "a name in /run/netns that is no namespace is said, and nothing else is left out" {
	hold "$BACKEND" tcp,0.0.0.0,1001
	steer -q bind tcp 198.51.100.10:1001 drop
	touch "/run/netns/$NET-broken"
	output=$(steer -j conflicts --all-netns)
	rm "/run/netns/$NET-broken"
	same "warning network namespace '$NET-broken': not looked at: '$NET-broken' is not a network namespace: no such file of the kernel is mounted there, or not yet" \
		"$(jq -r ".[] | select(.netns == \"$NET-broken\") | \"\(.severity) \(.message)\"" \
			<<<"$output")"
	same 1 "$(jq "[.[] | select(.netns == \"$BACKEND\")] | length" <<<"$output")"
}

@test "the command in 'fix' reserves the ports of every binding, beside what is reserved" {
	net_in "$HOST" sysctl -q -w net.ipv4.ip_local_port_range='40000 41000' \
		net.ipv4.ip_local_reserved_ports=7,40100
	steer -q bind udp any:39990-40009 drop
	steer -q bind tcp any:40500 drop
	steer -q bind tcp any4:40500 drop
	steer -q bind tcp any:40600 drop
	steer -q bind tcp 192.0.2.2:40600 pass
	same "ip netns exec $HOST sysctl -w net.ipv4.ip_local_reserved_ports=7,40000-40009,40100,40500,40600" \
		"$(steer -j conflicts | jq -r '.[] | select(.kind == "ephemeral").fix' | sort -u)"
	eval "$(steer -j conflicts | jq -r '[.[].fix | select(. != "")][0]')"
	same 7,40000-40009,40100,40500,40600 \
		"$(net_in "$HOST" cat /proc/sys/net/ipv4/ip_local_reserved_ports)"
	same '' "$(steer -j conflicts | jq -r '.[].fix' | sed '/^$/d')"
	steer -q bind tcp any:any drop
	says 0 "reserving all of these ports would leave none: bind fewer" steer conflicts
}

@test "the table for people" {
	hold "$HOST" tcp,192.0.2.2,1001,reuseport,fork=1
	net_in "$HOST" sysctl -q -w net.ipv4.ip_local_port_range='40000 41000'
	steer -q bind tcp any:1001 drop
	steer -q bind udp any:40001 drop
	run steer conflicts
	same 3 "$status"
	same "SEVERITY KIND      ENDPOINT      WITH               MESSAGE
error    listener  tcp any:1001  tcp 192.0.2.2:1001 a local socket listens on tcp 192.0.2.2:1001 (python3, pids PID, PID, user root); this binding drops its traffic
warning  ephemeral udp any:40001                    this host may pick port 40001 for an outgoing connection (range 40000-41000), whose replies this binding would take; reserve it: ip netns exec NS sysctl -w net.ipv4.ip_local_reserved_ports=40001" \
		"$(sed "s/pids [0-9]*, [0-9]*/pids PID, PID/; s/$HOST/NS/" <<<"$output")"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# demo.sh [first]: shows portsteer at work between three namespaces, with real
# servers, and checks that what it shows is true; 'first' ends after a drop. Run by `make demo` as root; takes seconds,
# removes what an earlier run left, and leaves nothing.
#
#   client eth0 192.0.2.1 -- 192.0.2.2 eth0 host eth1 198.51.100.1 -- 198.51.100.10 eth0 backend

set -u
PORTSTEER=$(realpath "${PORTSTEER:-build/portsteer}")
CLIENT=psdemo-client
HOST=psdemo-host
BACKEND=psdemo-backend
PINS=/sys/fs/bpf/portsteer/v2
STATE=/run/psdemo # of one run at a time: configurations, recorded pids

say() {
	printf '\n== %s\n' "$*"
}

# What was typed, in the namespace's name, and what it answered.
show() {
	printf '$ %s\n' "$*"
}

wrong() {
	printf 'demo: FAILED: %s\n' "$*"
	exit 1
}

in_ns() {
	nsenter --net="/run/netns/$1" -- "${@:2}"
}

# NS COMMAND...: a server, whose pid and start time are recorded.
start() {
	(
		# unrecorded it must not run: an earlier run's state may be removed just now
		printf '%s %s\n' "$BASHPID" "$(start_time "$BASHPID")" >>"$STATE/pids" || exit 1
		exec setpriv --pdeathsig KILL nsenter --net="/run/netns/$1" -- "${@:2}"
	) >>"$STATE/servers.log" 2>&1 </dev/null &
}

# When the process began, in clock ticks: a pid alone may be another's by now.
start_time() {
	if [ -r "/proc/$1/stat" ]; then
		sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
	fi
}

stop_servers() {
	local pid began

	# this run's own, which may have begun without being recorded yet
	for pid in $(jobs -p); do
		kill -KILL "$pid"
	done
	wait
	if [ ! -r "$STATE/pids" ]; then
		return
	fi
	while read -r pid began; do
		if [ -n "$began" ] && [ "$(start_time "$pid")" = "$began" ]; then
			kill -KILL "$pid"
		fi
	done <"$STATE/pids"
}

# Everything of this run or an earlier one, however it ended.
clean() {
	local ns

	stop_servers 2>/dev/null
	for ns in "$CLIENT" "$HOST" "$BACKEND"; do
		if [ -d "$PINS/$ns" ]; then
			"$PORTSTEER" -q -n "$ns" flush
			"$PORTSTEER" -q -n "$ns" detach all
		fi
		if [ -d "$PINS/$ns" ]; then
			rm -r "${PINS:?}/$ns"
		fi
		if [ -e "/run/netns/$ns" ]; then
			ip netns delete "$ns"
		fi
	done 2>/dev/null
	if [ -d "$PINS" ]; then
		rmdir --ignore-fail-on-non-empty "$PINS" "${PINS%/*}"
	fi
	rm -rf "$STATE"
}

leave() {
	local status=$?

	trap '' INT TERM
	clean
	exit "$status"
}

# SECONDS COMMAND...: until it succeeds.
await() {
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -gt "$end" ]; then
			wrong "never came true: $*"
		fi
		sleep 0.02
	done
}

listens() {
	in_ns "$1" ss -Hn "$2" "sport = :$3" | grep -q .
}

# NS MAC PEER-NS PEER-MAC DEV: DEV of the first to eth0 of the second.
join() {
	ip -n "$1" link add "$5" address "$2" type veth peer name eth0 netns "$3" address "$4"
	# a local sender on veth leaves checksums out, and XDP redirects frames as they are
	in_ns "$1" ethtool -K "$5" tx off >/dev/null
	in_ns "$3" ethtool -K eth0 tx off >/dev/null
	ip -n "$1" link set "$5" up
	ip -n "$3" link set eth0 up
}

build() {
	local ns

	for ns in "$CLIENT" "$HOST" "$BACKEND"; do
		ip netns add "$ns" || wrong "cannot make namespace $ns"
		ip -n "$ns" link set lo up
		in_ns "$ns" sysctl -q -w net.ipv6.conf.default.accept_dad=0 net.ipv4.ip_forward=1
	done
	join "$HOST" 02:00:00:00:00:02 "$CLIENT" 02:00:00:00:00:01 eth0
	join "$HOST" 02:00:00:00:00:03 "$BACKEND" 02:00:00:00:00:04 eth1
	ip -n "$CLIENT" address add 192.0.2.1/24 dev eth0
	ip -n "$CLIENT" address add 2001:db8::1/64 dev eth0 nodad
	ip -n "$HOST" address add 192.0.2.2/24 dev eth0
	ip -n "$HOST" address add 192.0.2.3/24 dev eth0
	ip -n "$HOST" address add 2001:db8::2/64 dev eth0 nodad
	ip -n "$HOST" address add 198.51.100.1/24 dev eth1
	ip -n "$BACKEND" address add 198.51.100.10/24 dev eth0
	ip -n "$CLIENT" route add default via 192.0.2.2
	ip -n "$BACKEND" route add default via 198.51.100.1
	# only answers are forwarded: what reaches the backend was redirected
	ip -n "$HOST" rule add iif eth0 blackhole
}

# NS TEXT PORT...
web() {
	local ns=$1 text=$2 port

	shift 2
	mkdir -p "$STATE/$ns"
	{
		echo 'daemon off; master_process off; pid pid; error_log error.log; events {}'
		echo 'http { access_log off; client_body_temp_path .; proxy_temp_path .;'
		echo 'fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .;'
		printf 'server { keepalive_timeout 0; return 200 "%s\\n";\n' "$text"
		for port; do
			printf 'listen %s; listen [::]:%s ipv6only=on;\n' "$port" "$port"
		done
		echo '} }'
	} >"$STATE/$ns/nginx.conf"
	start "$ns" nginx -p "$STATE/$ns" -c nginx.conf
	await 5 listens "$ns" -lt "$port"
}

# portsteer, for the host's namespace, as one would type it.
steer() {
	show "portsteer -n $HOST $*"
	"$PORTSTEER" -n "$HOST" "$@"
}

does() {
	steer "$@" || wrong "'portsteer $*' ended with status $?"
}

# WANTED COMMAND...: the client runs it; its output, or "silence".
client() {
	local wanted=$1 got

	shift
	show "$*"
	got=$(in_ns "$CLIENT" "$@" 2>/dev/null) || got=silence
	got=${got:-silence}
	printf '%s\n' "$got"
	[ "$got" = "$wanted" ] || wrong "expected '$wanted'"
}

get() {
	client "$1" curl -s -m 1 "$2"
}

lookup() {
	client "$1" dig +short +time=1 +tries=1 @192.0.2.2 www.example
}

# COMMAND KEY: what jq makes of its JSON
value() {
	"$PORTSTEER" -n "$HOST" -j "$1" | jq -r "$2"
}

show_servers() {
	say 'Without bindings everything goes where it always went'
	get 'the host' http://192.0.2.2/
	get 'the host' 'http://[2001:db8::2]/'
	lookup 203.0.113.7
	say 'The backend is out of reach: this host does not forward for the client'
	get silence http://198.51.100.10/
}

show_attaching() {
	say 'Attach to the interface that faces the client, in its driver'
	does attach eth0
	does status
	say 'A veth peer takes redirected frames only with a program of its own: attach there, too'
	show "portsteer -n $BACKEND attach eth0"
	"$PORTSTEER" -n "$BACKEND" attach eth0 || wrong 'attach in the backend failed'
	[ "$(value status '.[].interfaces[0].mode')" = native ] || wrong 'not in native mode'
}

show_drop() {
	say 'Drop one port of one address; nginx owns it, which is said'
	does bind tcp 192.0.2.2:80 drop name no-web
	get silence http://192.0.2.2/
	get 'the host' http://192.0.2.3/
	get 'the host' 'http://[2001:db8::2]/'
}

show_bindings() {
	say 'Count, with flows'
	does bind udp any:53 count name dns
	lookup 203.0.113.7
	say 'Redirect to the backend, with the link address of a neighbour'
	does bind tcp 198.51.100.10:80 redirect eth1 via 198.51.100.10 name web
	get 'the backend' http://198.51.100.10/
	say 'A range, and one port of it that has its own way'
	does bind tcp any:8000-8009 drop
	does bind tcp any:8001 pass
	get silence http://192.0.2.2:8000/
	get 'the host' http://192.0.2.2:8001/
	say 'A prefix, with any port; UDP is another matter'
	does bind tcp 192.0.2.0/24:any count
	get 'the host' http://192.0.2.3/
	say 'IPv6'
	does bind tcp '[2001:db8::2]:80' drop
	get silence 'http://[2001:db8::2]/'
}

show_counters() {
	say 'What was counted, for each binding'
	does bindings
	[ "$(value bindings '.[] | select(.name == "dns") | .rx_packets')" -ge 1 ] ||
		wrong 'DNS was not counted'
	[ "$(value bindings '.[] | select(.name == "web") | .rx_packets')" -ge 4 ] ||
		wrong 'the redirect was not counted'
	say 'The flows that "count" saw'
	does flows
	[ "$(value flows '[.[] | select(.destination_port == 53)] | length')" -ge 1 ] ||
		wrong 'the flow of dig is missing'
	say 'Why packets went the way they went'
	does reasons
	[ "$(value reasons '.[] | select(.reason == "redirect") | .packets')" -ge 4 ] ||
		wrong 'no packet was redirected'
}

show_conflicts() {
	say 'An endpoint has one binding: another is refused (status 3), nothing changes'
	steer bind tcp 192.0.2.2:80 count
	[ $? -eq 3 ] || wrong 'the duplicate was not refused'
	say 'What the table takes from local sockets, and what is within what (status 3: an error)'
	steer conflicts
	[ $? -eq 3 ] || wrong 'conflicts found no error'
	[ "$(value conflicts '[.[] | select(.kind == "listener" and (.message | test("nginx")))]
		| length')" -ge 1 ] || wrong 'nginx was not found'
	[ "$(value conflicts '[.[] | select(.kind == "override")] | length')" -ge 1 ] ||
		wrong 'no override was found'
}

show_map() {
	say 'The table is one map, an element for each binding'
	show "bpftool map dump pinned $PINS/$HOST/bindings | head -n 24"
	bpftool map dump pinned "$PINS/$HOST/bindings" >"$STATE/dump" || wrong 'bpftool failed'
	head -n 24 "$STATE/dump"
	echo ...
}

show_removing() {
	say 'Unbind: the web server answers again'
	does unbind name no-web
	get 'the host' http://192.0.2.2/
	say 'Flush and detach: nothing is left'
	does flush
	does detach all
	[ ! -e "$PINS/$HOST" ] || wrong "$PINS/$HOST is still there"
	get 'the host' 'http://[2001:db8::2]/'
}

if [ "$(id -u)" -ne 0 ]; then
	wrong 'needs root'
fi
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
clean
mkdir -p "$STATE"
say 'Three namespaces: a client, a host that steers, a backend; nginx and dnsmasq in them'
build
web "$HOST" 'the host' 80 8000 8001
web "$BACKEND" 'the backend' 80
start "$HOST" dnsmasq -k -C /dev/null --no-resolv --no-hosts --pid-file --user=root --group=root \
	--address=/www.example/203.0.113.7
await 5 listens "$HOST" -lu 53
show_servers
show_attaching
show_drop
if [ "${1:-}" != first ]; then
	show_bindings
	show_counters
	show_conflicts
	show_map
fi
show_removing
say 'All of it was as it should be'

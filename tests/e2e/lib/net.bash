# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Three namespaces of one test's own, joined by veth, and real programs in
# them. net_setup in setup(), net_teardown in teardown(); nothing survives.
#
#   client eth0 192.0.2.1 -- 192.0.2.2 eth0 host eth1 198.51.100.1 -- 198.51.100.10 eth0 backend
#        2001:db8:1::1 -- 2001:db8:1::2        2001:db8:2::1 -- 2001:db8:2::10

bats_require_minimum_version 1.5.0

PORTSTEER=$(realpath "${PORTSTEER:-build/portsteer}")
export PORTSTEER
export SHELL=/bin/bash # by which script(1) runs its words
export PORTSTEER_FLOWS=1024 # a table is made in half the time
PINS=/sys/fs/bpf/portsteer/v2

# Names only: the instance of a namespace that has no interfaces but lo.
net_names() {
	if [ "$(id -u)" -ne 0 ]; then
		skip "needs root"
	fi
	NET=pst$$
	CLIENT=${NET}c
	HOST=${NET}h
	BACKEND=${NET}b
	NET_PIDS=()
	NET_MADE=()
	NET_LENT=()
}

net_add() {
	ip netns add "$1"
	NET_MADE+=("$1")
	ip -n "$1" link set lo up
}

# One namespace without interfaces, for tests of the table alone.
net_setup_table() {
	net_names
	net_add "$HOST"
}

# The namespaces in full, by few processes. An argument is the MTU, 1500 without.
net_setup() {
	local mtu=${1:-1500} at

	net_names
	printf 'netns add %s\n' "$CLIENT" "$HOST" "$BACKEND" | ip -batch -
	NET_MADE=("$CLIENT" "$HOST" "$BACKEND")
	# Duplicate address detection and router discovery only make noise.
	for at in "$CLIENT" "$HOST" "$BACKEND"; do
		net_in "$at" sysctl -q -w net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.router_solicitations=0 \
			net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	done
	net_link "$CLIENT" eth0 02:00:00:00:00:01 "$HOST" eth0 02:00:00:00:00:02 "$mtu"
	net_link "$HOST" eth1 02:00:00:00:00:03 "$BACKEND" eth0 02:00:00:00:00:04 "$mtu"
	ip -n "$CLIENT" -batch - <<-END
		link set lo up
		address add 192.0.2.1/24 dev eth0
		address add 2001:db8:1::1/64 dev eth0 nodad
		route add default via 192.0.2.2
		route add ::/0 via 2001:db8:1::2
	END
	ip -n "$HOST" -batch - <<-END
		link set lo up
		address add 192.0.2.2/24 dev eth0
		address add 2001:db8:1::2/64 dev eth0 nodad
		address add 198.51.100.1/24 dev eth1
		address add 2001:db8:2::1/64 dev eth1 nodad
	END
	ip -n "$BACKEND" -batch - <<-END
		link set lo up
		address add 198.51.100.10/24 dev eth0
		address add 2001:db8:2::10/64 dev eth0 nodad
		route add default via 198.51.100.1
		route add ::/0 via 2001:db8:2::1
	END
}

# NS1 DEV1 MAC1 NS2 DEV2 MAC2 MTU: two interfaces, joined. The client's
# and the host's are the virtio_net devices in NET_VIRTIO, where a guest of tests/vm has them.
net_link() {
	if [ "$1" = "$CLIENT" ] && [ -n "${NET_VIRTIO:-}" ]; then
		net_virtio "$@"
	else
		net_veth "$@"
	fi
}

# Without checksum offload, because a frame that XDP redirects must hold its checksum.
net_veth() {
	ip -n "$1" link add "$2" mtu "$7" address "$3" type veth \
		peer name "$5" netns "$4" mtu "$7" address "$6"
	net_in "$1" ethtool -K "$2" tx off >/dev/null
	net_in "$4" ethtool -K "$5" tx off >/dev/null
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

net_virtio() {
	local one two

	read -r one two <<<"$NET_VIRTIO"
	NET_LENT=("$1" "$2" "$one" "$4" "$5" "$two")
	ip link set "$one" netns "$1" name "$2" mtu "$7" address "$3" up
	ip link set "$two" netns "$4" name "$5" mtu "$7" address "$6" up
}

# Devices outlive their namespace, and would come back under another name.
net_return_virtio() {
	ip -n "$1" link set "$2" netns 1 name "$3"
	ip -n "$4" link set "$5" netns 1 name "$6"
}

# NS DEV IPV4 IPV6
net_address() {
	ip -n "$1" address add "$3" dev "$2"
	ip -n "$1" address add "$4" dev "$2" nodad
}

# VERSION: the kernel is as new as that.
net_kernel() {
	printf '%s\n' "$1" "$(uname -r)" | sort -CV
}

# MANY FEW [FULL]: how often to do what can be done any number of times; FEW where $TIME asks for
# speed, FULL where $LONG asks for all.
net_often() {
	if [ -n "${TIME:-}" ]; then
		echo "$2"
	elif [ -n "${LONG:-}" ]; then
		echo "${3:-$1}"
	else
		echo "$1"
	fi
}

# What programs at TC are attached by: TCX came with Linux 6.6.
net_tc_mode() {
	if net_kernel 6.6; then
		echo tcx
	else
		echo clsact
	fi
}

# NS COMMAND...: inside the namespace, with this one's /sys.
net_in() {
	nsenter --net="/run/netns/$1" -- "${@:2}"
}

# NS COMMAND...: in the background until the teardown. Its output is a file.
net_start() {
	nsenter --net="/run/netns/$1" -- "${@:2}" \
		>>"$BATS_TEST_TMPDIR/started.log" 2>&1 </dev/null 3>&- &
	NET_PIDS+=($!)
}

# SECONDS COMMAND...: until it succeeds.
net_wait() {
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		if [ $SECONDS -gt $end ]; then
			echo "never came true: $*" >&2
			return 1
		fi
		sleep 0.02
	done
}

# NS tcp|udp PORT: a socket waits there.
net_listens() {
	local kind=-lt

	if [ "$2" = udp ]; then
		kind=-lu
	fi
	net_in "$1" ss -Hn "$kind" "sport = :$3" | grep -q .
}

# NS TEXT PORT...: nginx that answers TEXT on these ports, IPv4 and IPv6.
net_web() {
	local at=$1 text=$2 port

	shift 2
	mkdir -p "$BATS_TEST_TMPDIR/web.$at"
	{
		printf 'daemon off; master_process off; pid nginx.pid; error_log error.log;\n'
		printf 'events {}\nhttp { access_log off;\n'
		printf 'client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .;\n'
		printf 'uwsgi_temp_path .; scgi_temp_path .;\n'
		printf 'server { keepalive_timeout 0; return 200 "%s";\n' "$text"
		for port; do
			printf 'listen %s; listen [::]:%s ipv6only=on;\n' "$port" "$port"
		done
		printf '} }\n'
	} >"$BATS_TEST_TMPDIR/web.$at/nginx.conf"
	net_start "$at" nginx -p "$BATS_TEST_TMPDIR/web.$at" -c nginx.conf
	net_wait 20 net_listens "$at" tcp "$port"
}

# NS PORT [FAMILY]: socat that echoes datagrams (FAMILY udp4 or udp6).
net_echo() {
	net_start "$1" socat "${3:-udp4}-recvfrom:$2,fork,reuseaddr" exec:cat
	net_wait 20 net_listens "$1" udp "$2"
}

# URL: what the client gets; fails within a second when nobody answers.
net_get() {
	net_in "$CLIENT" curl -sS -m 1 --noproxy '*' "$1"
}

# ADDRESS PORT TEXT [udp4|udp6]: the client's datagram, and what comes back.
net_ask() {
	net_in "$CLIENT" socat -t 0.5 -T 0.5 - "${4:-udp4}:$1:$2" <<<"$3"
}

# A portsteer of the host's namespace.
steer() {
	"$PORTSTEER" -n "$HOST" "$@"
}

# ENDPOINT KEY: a value of one binding of the host.
binding() {
	steer -j bindings | jq -r --arg endpoint "$1" \
		".[] | select(.endpoint == \$endpoint) | .$2"
}

# HOOK REASON: how many packets, on all interfaces of the host.
reason() {
	steer -j reasons | jq --arg hook "$1" --arg reason "$2" \
		'[.[] | select(.hook == $hook and .reason == $reason) | .packets] | add // 0'
}

# STATUS TEXT COMMAND...: it ends with this status, and its output has TEXT.
says() {
	local wanted=$1 text=$2

	shift 2
	run "$@"
	# shellcheck disable=SC2154 # set by run
	if [ "$status" -ne "$wanted" ] || [[ $output != *"$text"* ]]; then
		printf '%s\n  status %s, expected %s\n' "$*" "$status" "$wanted" >&2
		printf '  output:   %s\n  expected: %s\n' "$output" "$text" >&2
		return 1
	fi
}

# EXPECTED ACTUAL
same() {
	if [ "$1" != "$2" ]; then
		printf 'expected: %s\nactual:   %s\n' "$1" "$2" >&2
		return 1
	fi
}

net_teardown() {
	local at pid

	for pid in "${NET_PIDS[@]}"; do
		if kill -0 "$pid" 2>/dev/null; then
			kill -KILL "$pid"
		fi
		if wait "$pid" 2>/dev/null; then
			continue
		fi
	done
	if [ ${#NET_LENT[@]} -gt 0 ]; then
		net_return_virtio "${NET_LENT[@]}"
	fi
	for at in "${NET_MADE[@]}"; do
		if [ -d "$PINS/$at" ]; then
			rm -r "${PINS:?}/$at"
		fi
		ip netns delete "$at"
	done
	for at in "$PINS" "${PINS%/*}"; do # or another run of the tests is as fast
		rmdir --ignore-fail-on-non-empty "$at" 2>/dev/null || [ ! -e "$at" ]
	done
}

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Frames for TCP port 23 of the host, as fast as they go, none of which is lost sight of:
# what the driver handed to XDP, the hook judged and the binding counted is the same number.
# Needs foreign.bash.

# No ARP, no neighbour discovery: every frame on the host's eth0 is one that we sent.
flood_silence() {
	local at

	for at in "$CLIENT" "$HOST"; do
		net_in "$at" sysctl -q -w net.ipv6.conf.eth0.disable_ipv6=1
	done
	ip -n "$CLIENT" neighbour replace 192.0.2.2 lladdr 02:00:00:00:00:02 dev eth0 nud permanent
	ip -n "$HOST" neighbour replace 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent
	sleep 0.5
}

# [CPU...]: from each of these CPUs, or from any one, until flood_stop.
flood_start() {
	local cpu tools

	tools=$(dirname "$PORTSTEER")/bench
	bpftool prog loadall "$tools/live.o" "$FOREIGN/live"
	touch "$BATS_TEST_TMPDIR/send"
	FLOODS=()
	for cpu in "${@:-0-$(($(nproc) - 1))}"; do
		net_start "$CLIENT" taskset -c "$cpu" bash -c "while [ -e '$BATS_TEST_TMPDIR/send' ]; do
			'$tools/senders/send' '$FOREIGN/live/bench_send' eth0 50000; done"
		FLOODS+=($!)
	done
}

flood_stop() {
	rm "$BATS_TEST_TMPDIR/send"
	wait "${FLOODS[@]}"
	sleep 0.2 # what is in queues
}

# Frames that eth0 of the host handed to its XDP program.
flood_received() {
	net_in "$HOST" ethtool -S eth0 | awk '/rx_queue_[0-9]+_xdp_packets/ { n += $2 } END { print n }'
}

# HOOK: all packets that it counted a reason for.
flood_judged() {
	steer -j reasons | jq --arg hook "$1" '[.[] | select(.hook == $hook) | .packets] | add // 0'
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# veth.sh [ROUNDS]: CPU time of the receiving end of a veth pair for each packet that
# it drops, in different ways, which take turns. The receiver's threaded NAPI is pinned
# to CPU 1, the sender to CPU 0; packets and nanoseconds are the kernel's own counts.
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-7}
frames=1000000
tool=$PWD/build/portsteer
from=psv-$$-a to=psv-$$-b dev=v$$ # names of threads have 15 bytes
pins=/sys/fs/bpf/psv-$$
ways=(bare-drop look-drop portsteer-any portsteer-exact nft-ingress nft-prerouting)

clean() {
	set +e # whatever of it is there
	{
		"$tool" -q -n "$to" flush
		"$tool" -q -n "$to" detach all
		ip netns del "$from"
		ip netns del "$to"
	} 2>/dev/null
	rm -rf "$pins" "$times"
}
times=$(mktemp -d)
trap clean EXIT

in_to() {
	nsenter --net="/run/netns/$to" "$@"
}

ip netns add "$from"
ip netns add "$to"
ip link add s$$ netns "$from" type veth peer name "$dev" netns "$to"
ip -n "$from" link set s$$ address 02:00:00:00:00:01 up
ip -n "$to" link set "$dev" address 02:00:00:00:00:02 up
ip -n "$to" addr add 192.0.2.2/24 dev "$dev"
mkdir "$pins"
bpftool prog loadall build/bench/live.o "$pins"

# XDP frames that the peer sends arrive only where there is a program.
start() {
	case $1 in
	bare-drop) in_to bpftool net attach xdpdrv pinned "$pins/bench_bare_drop" dev "$dev" ;;
	look-drop) in_to bpftool net attach xdpdrv pinned "$pins/bench_look_drop" dev "$dev" ;;
	portsteer-*)
		"$tool" -q -n "$to" attach "$dev"
		if [ "$1" = portsteer-any ]; then
			"$tool" -q -n "$to" bind tcp any:23 drop
		else
			"$tool" -q -n "$to" bind tcp 192.0.2.2:23 drop
		fi
		;;
	nft-*)
		in_to bpftool net attach xdpdrv pinned "$pins/bench_bare_pass" dev "$dev"
		if [ "$1" = nft-ingress ]; then
			in_to nft "table netdev t { chain c { type filter hook ingress device \"$dev\" priority 0; tcp dport 23 drop; }; }"
		else
			in_to nft 'table ip t { chain c { type filter hook prerouting priority -300; tcp dport 23 drop; }; }'
		fi
		;;
	esac
}

stop() {
	case $1 in
	portsteer-*)
		"$tool" -q -n "$to" flush
		"$tool" -q -n "$to" detach all
		;;
	*)
		in_to nft flush ruleset
		in_to bpftool net detach xdpdrv dev "$dev"
		;;
	esac
}

# The thread that polls for $dev.
napi_thread() {
	grep -l "^napi/$dev" /proc/[0-9]*/comm | head -n 1 | cut -d / -f 3
}

received() {
	ip -n "$to" -s -j link show dev "$dev" | jq '.[0].stats64.rx.packets'
}

measure() {
	local thread ns packets
	start "$1"
	ip netns exec "$to" sh -c "echo 1 >/sys/class/net/$dev/threaded"
	thread=$(napi_thread)
	taskset -pc 1 "$thread" >/dev/null
	nsenter --net="/run/netns/$from" taskset -c 0 build/bench/send "$pins/bench_send" s$$ 100000
	ns=$(cut -d ' ' -f 1 "/proc/$thread/schedstat")
	packets=$(received)
	nsenter --net="/run/netns/$from" taskset -c 0 build/bench/send "$pins/bench_send" s$$ "$frames"
	ns=$(($(cut -d ' ' -f 1 "/proc/$thread/schedstat") - ns))
	packets=$(($(received) - packets))
	ip netns exec "$to" sh -c "echo 0 >/sys/class/net/$dev/threaded"
	stop "$1"
	awk "BEGIN { print $ns / $packets }" >>"$times/$1"
}

for ((round = 0; round < rounds; round++)); do
	for way in "${ways[@]}"; do
		measure "$way"
	done
done

median() {
	sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# Ratio of way $1 to way $2: the median of those of each round.
ratio() {
	median <(paste "$times/$1" "$times/$2" | awk '{ print $1 / $2 }')
}

printf '%-32s %8s %10s\n' 'veth, CPU time for a packet' ns ratio
for way in "${ways[@]}"; do
	printf '%-32s %8.0f %10.2f x bare-drop\n' "$way" "$(median "$times/$way")" \
		"$(ratio "$way" bare-drop)"
done
printf '%-32s %8s %10.2f x look-drop\n' portsteer-any '' "$(ratio portsteer-any look-drop)"
printf '%-32s %8s %10.2f x portsteer-any, aimed at 4\n' nft-ingress '' \
	"$(ratio nft-ingress portsteer-any)"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# veth.sh [ROUNDS [JSON]]: CPU time of the receiving end of a veth pair for each packet
# that it drops, in different ways, which take turns. The receiver's threaded NAPI is
# pinned to CPU 1, the sender to CPU 0; packets and nanoseconds are the kernel's own
# counts. Beside that, of XDP programs, their own time by the kernel's clock for each run
# of one, which is in it. Rows are printed, and added to those in the file JSON.
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-7} json=${2:-}
frames=${FRAMES:-1000000}
tool=$PWD/build/portsteer
from=psv-$$-a to=psv-$$-b dev=v$$ # names of threads have 15 bytes
pins=/sys/fs/bpf/psv-$$
ways=(bare-drop look-drop portsteer-any portsteer-exact xdp-filter-tcp xdp-filter-all
	portsteer-tc tc-drop nft-ingress nft-prerouting iptables-raw)

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

attach() {
	in_to bpftool net attach xdpdrv pinned "$pins/$1" dev "$dev"
}

steer() {
	"$tool" -q -n "$to" attach "$dev" hook "$1" && "$tool" -q -n "$to" bind tcp "$2:23" drop
}

# Without its dispatcher, and its pins where nobody else sees them: the program stays.
filter() {
	# shellcheck disable=SC2016 # the inner shell's arguments
	LIBXDP_SKIP_DISPATCHER=1 in_to unshare --mount sh -ec 'mount -t bpf bpf /sys/fs/bpf
		xdp-filter load --mode native --features "$1" "$2"
		xdp-filter port 23 --proto tcp --mode dst' sh "$1" "$dev"
}

# XDP frames that the peer sends arrive only where there is a program, so what comes
# later in the stack is behind one that passes them.
start() {
	case $1 in
	bare-drop) attach bench_bare_drop ;;
	look-drop) attach bench_look_drop ;;
	portsteer-any) steer xdp any ;;
	portsteer-exact) steer xdp 192.0.2.2 ;;
	xdp-filter-*) filter "${1#xdp-filter-}" ;;
	*) attach bench_bare_pass && start_behind "$1" ;;
	esac
}

start_behind() {
	case $1 in
	portsteer-tc) steer tc any ;;
	tc-drop)
		in_to tc qdisc add dev "$dev" clsact && in_to tc filter add dev "$dev" ingress \
			bpf direct-action object-pinned "$pins/bench_tc_drop"
		;;
	nft-ingress) in_to nft "table netdev t { chain c { type filter hook ingress device \"$dev\" priority 0; tcp dport 23 drop; }; }" ;;
	nft-prerouting) in_to nft 'table ip t { chain c { type filter hook prerouting priority -300; tcp dport 23 drop; }; }' ;;
	iptables-raw) in_to iptables -t raw -A PREROUTING -p tcp --dport 23 -j DROP ;;
	esac
}

stop() {
	case $1 in
	portsteer-*)
		"$tool" -q -n "$to" flush
		"$tool" -q -n "$to" detach all
		;;
	tc-drop) in_to tc qdisc del dev "$dev" clsact ;;
	iptables-raw) in_to iptables -t raw -F ;;
	nft-*) in_to nft flush ruleset ;;
	esac
	[ "$1" = portsteer-any ] || [ "$1" = portsteer-exact ] ||
		in_to bpftool net detach xdpdrv dev "$dev"
}

# What this kernel and this machine have: "ways" becomes those.
choose() {
	local way what able=()
	for way in "${ways[@]}"; do
		if what=$(start "$way" 2>&1); then
			able+=("$way")
		else
			echo "# veth, $way is left out: ${what//$'\n'/; }"
		fi
		stop "$way" 2>/dev/null || : # as far as it came
	done
	ways=("${able[@]}")
}

# The thread that polls for $dev.
napi_thread() {
	grep -ls "^napi/$dev" /proc/[0-9]*/comm | head -n 1 | cut -d / -f 3
}

received() {
	ip -n "$to" -s -j link show dev "$dev" | jq '.[0].stats64.rx.packets'
}

send_frames() {
	nsenter --net="/run/netns/$from" taskset -c 0 "$@"
}

# The way's XDP program: "NANOSECONDS RUNS" of it so far.
clock_of() {
	bpftool -j prog show id "$1" | jq -r '"\(.run_time_ns // 0) \(.run_cnt // 0)"'
}

# By the clock of the program alone, in a run of its own: that takes time as well.
measure_program() {
	local id before after
	case $1 in
	bare-drop | look-drop | portsteer-any | portsteer-exact | xdp-filter-*) ;;
	*) return 0 ;;
	esac
	id=$(ip -n "$to" -j link show dev "$dev" | jq '.[0].xdp.prog.id')
	before=$(clock_of "$id")
	send_frames build/bench/senders/clocked build/bench/senders/send "$pins/bench_send" s$$ "$frames"
	after=$(clock_of "$id")
	awk "BEGIN { split(\"$before $after\", n); print (n[3] - n[1]) / (n[4] - n[2]) }" \
		>>"$times/$1, program"
}

measure() {
	local thread ns packets
	start "$1"
	ip netns exec "$to" sh -c "echo 1 >/sys/class/net/$dev/threaded"
	thread=$(napi_thread)
	taskset -pc 1 "$thread" >/dev/null
	send_frames build/bench/senders/send "$pins/bench_send" s$$ 100000
	ns=$(cut -d ' ' -f 1 "/proc/$thread/schedstat")
	packets=$(received)
	send_frames build/bench/senders/send "$pins/bench_send" s$$ "$frames"
	ns=$(($(cut -d ' ' -f 1 "/proc/$thread/schedstat") - ns))
	packets=$(($(received) - packets))
	measure_program "$1"
	ip netns exec "$to" sh -c "echo 0 >/sys/class/net/$dev/threaded"
	stop "$1"
	awk "BEGIN { print $ns / $packets }" >>"$times/$1"
}

median() {
	sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# Ratios of way $1 to way $2, one for each round.
ratios() {
	paste "$times/$1" "$times/$2" | awk '{ print $1 / $2 }'
}

# verdict RATIO BOUND TARGET: "<= 1.1 met", nothing without a target
verdict() {
	[ "$3" != - ] || return 0
	awk "BEGIN { print \"$2 $3\", ($1 $2 $3) ? \"met\" : \"short\" }"
}

# row WAY AGAINST BOUND HASH-TARGET FRONT-TARGET: printed, and kept for JSON
row() {
	local ratio low high
	[ -f "$times/$1" ] && [ -f "$times/$2" ] || return 0
	ratio=$(median <(ratios "$1" "$2"))
	low=$(sort -g "$times/$1" | head -n 1) high=$(sort -g "$times/$1" | tail -n 1)
	printf '%-22s %8s %9.1f %9.1f %9.1f %-5s %6.2f x %-15s %-13s %s\n' "veth, $1" 1 \
		"$(median "$times/$1")" "$low" "$high" ns "$ratio" "$2" \
		"$(verdict "$ratio" "$3" "$4")" "$(verdict "$ratio" "$3" "$5")"
	jq -n --arg case "veth, $1" --arg against "veth, $2" --arg bound "$3" \
		--arg hash "$4" --arg front "$5" --argjson median "$(median "$times/$1")" \
		--argjson min "$low" --argjson max "$high" --argjson ratio "$ratio" '
		def target($value): if $value == "-" then empty else ($value | tonumber) as $number
			| { is: { "<=": "at most", ">=": "at least" }[$bound], value: $number,
				met: (if $bound == "<=" then $ratio <= $number else $ratio >= $number end) }
			end;
		{ case: $case, bindings: 1, median: $median, min: $min, max: $max, unit: "ns",
			ratio: $ratio, against: $against }
		+ ({ target_hash: target($hash) } // {}) + ({ target_front: target($front) } // {})
		' >>"$times/rows"
}

choose
for ((round = 0; round < rounds; round++)); do
	for way in "${ways[@]}"; do
		measure "$way"
	done
done

printf '%-22s %8s %9s %9s %9s %-5s %-24s %-13s %s\n' case bindings median min max '' ratio \
	'hash: target' 'front: target'
row bare-drop bare-drop - - -
row look-drop bare-drop - - -
row portsteer-any bare-drop '<=' 1.15 1.10
row portsteer-any look-drop - - -
row portsteer-exact bare-drop - - -
row xdp-filter-tcp portsteer-any - - -
row xdp-filter-all portsteer-any - - -
row portsteer-tc bare-drop - - -
row tc-drop portsteer-tc - - -
for way in bare-drop look-drop portsteer-any portsteer-exact xdp-filter-tcp xdp-filter-all; do
	row "$way, program" 'bare-drop, program' - - -
done
row nft-ingress portsteer-any '>=' 4 4
row nft-prerouting portsteer-any - - -
row iptables-raw portsteer-any - - -
if [ -n "$json" ]; then
	jq -s '.[0] + .[1:]' "$json" "$times/rows" >"$times/all"
	cp "$times/all" "$json"
fi

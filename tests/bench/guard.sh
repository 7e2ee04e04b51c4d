#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# guard.sh [ROUNDS [JSON]]: CPU time of a bind(2), by a process of a cgroup, without the
# guard and with it, which take turns: on a port without a binding, and on one that a
# binding passes; and with a program that does nothing, which is what the kernel takes to
# run one. Rows are printed, and added to those in the file JSON.
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-21} json=${2:-}
binds=${BINDS:-6400}
tool=$PWD/build/portsteer
name=psg-$$
mount=$(findmnt -n -o TARGET -t cgroup2 | head -n 1)
group=$mount/$name
ways=(off nothing guard guard-bound)
nothing=/sys/fs/bpf/$name

clean() {
	set +e # whatever of it is there
	{
		"$tool" -q -n "$name" guard off
		"$tool" -q -n "$name" flush
		ip netns del "$name"
		rmdir "$group"
		rm "$nothing"
	} 2>/dev/null
	rm -rf "$times"
}
times=$(mktemp -d)
trap clean EXIT

if [ -z "$mount" ]; then
	echo "# guard: left out: there is no cgroup v2"
	exit 0
fi
mkdir "$group"
ip netns add "$name"
ip -n "$name" link set lo up
bpftool prog load build/bench/nothing.o "$nothing"

# WAY KIND
measure() {
	case $1 in
	nothing) bpftool cgroup attach "$group" post_bind4 pinned "$nothing" multi ;;
	guard) "$tool" -n "$name" guard on "/$name" ;;
	guard-bound)
		"$tool" -n "$name" guard on "/$name"
		"$tool" -q -n "$name" bind tcp,udp any:20000-21000 pass
		;;
	esac
	nsenter --net="/run/netns/$name" build/bench/senders/bind "$2" "$binds" "$group" >>"$times/$2-$1"
	case $1 in
	nothing) bpftool cgroup detach "$group" post_bind4 pinned "$nothing" ;;
	guard*)
		"$tool" -q -n "$name" guard off
		"$tool" -q -n "$name" flush
		;;
	esac
}

median() {
	sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# KIND WAY: one ratio for each round
ratios() {
	paste "$times/$1-$2" "$times/$1-off" | awk '{ print $1 / $2 }'
}

# KIND WAY TARGET: printed, and kept for JSON
row() {
	local ratio low high verdict=''
	ratio=$(median <(ratios "$1" "$2"))
	low=$(sort -g "$times/$1-$2" | head -n 1) high=$(sort -g "$times/$1-$2" | tail -n 1)
	[ "$3" = - ] ||
		verdict=$(awk "BEGIN { print \"<= $3\", ($ratio <= $3) ? \"met\" : \"short\" }")
	printf '%-28s %9.1f %9.1f %9.1f ns %6.3f x %-10s %s\n' "bind $1, $2" \
		"$(median "$times/$1-$2")" "$low" "$high" "$ratio" off "$verdict"
	jq -n --arg case "bind $1, $2" --arg against "bind $1, off" --arg target "$3" \
		--argjson median "$(median "$times/$1-$2")" --argjson min "$low" \
		--argjson max "$high" --argjson ratio "$ratio" '
		{ case: $case, bindings: 1, median: $median, min: $min, max: $max, unit: "ns",
			ratio: $ratio, against: $against }
		+ if $target == "-" then {} else ($target | tonumber) as $number
			| { target_guard: { is: "at most", value: $number, met: ($ratio <= $number) } }
			end' >>"$times/rows"
}

for ((round = 0; round < rounds; round++)); do
	for kind in tcp udp; do
		for way in "${ways[@]}"; do
			measure "$way" "$kind"
		done
	done
done

printf '%-28s %9s %9s %9s    %s\n' case median min max ratio
for kind in tcp udp; do
	row "$kind" off -
	row "$kind" nothing -
	row "$kind" guard 1.05
	row "$kind" guard-bound -
done
if [ -n "$json" ]; then
	jq -s '.[0] + .[1:]' "$json" "$times/rows" >"$times/all"
	cp "$times/all" "$json"
fi

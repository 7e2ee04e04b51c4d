#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# alone: it measures
# The benchmark runs, judges every packet's verdict, prints its rows, and they can be
# drawn; how fast they are is no test.
set -u
cd "$(dirname "$0")/../.." || exit 1
scratch=$(mktemp -d)
json=$scratch/bench.json
trap 'rm -rf "$scratch"' EXIT
tests=0

check() {
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
	fi
}

# Rows that need two CPUs are left out with a reason where there is one.
skip() {
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

show() {
	echo "# ${1//$'\n'/$'\n'# }"
}

is_row() {
	jq -e --arg case "$1" 'any(.[]; .case == $case and .median > 0)' "$json" >/dev/null &&
		grep -qE "^$1 +[0-9]* +[0-9.]+" <<<"$rows"
}

is_drawn() {
	python3 -c 'import sys, xml.dom.minidom as dom; dom.parse(sys.argv[1])' "$1" &&
		grep -q 'prefers-color-scheme' "$1" && grep -q "$2" "$1"
}

rows=$(build/bench/bench --quick --json "$json" 2>&1)
check $? "the quick benchmark runs to its end"
show "$rows"
for path in "unbound port" "any address" exact prefix range miss; do
	is_row "$path" && is_row "$path, IPv6" && is_row "TC $path"
	check $? "there are rows of '$path', for IPv6 and at TC"
done
for case in floor "/32 miss, /24 hit" "exact, count" "exact, redirect" "TC exact, count" \
	"TC exact, redirect" "one hash" "exact, again" "exact, default size" "any, ports in a row" "single bind" "bind that grows" \
	"apply, wall" "batch updates of a hash, wall"; do
	is_row "$case"
	check $? "there is a row '$case'"
done
jq -e 'length > 50 and all(has("case") and has("unit"))' "$json" >/dev/null
check $? "the same as JSON"
jq -e '[.[] | select(.case == "exact" and .bindings == 1000)][0] | .target_hash.value == 2.2
	and .target_front == { is: "at most", value: 1.4, met: (.ratio <= 1.4) }' "$json" >/dev/null
check $? "a row has the targets of both tables, and says what is met"

jq -e '[.[] | select(.case == "exact" and .bindings == 1000)][0] |
	.drops > 0 and .target_drops == { is: "at most", value: 2.3, met: (.drops <= 2.3) }' "$json" >/dev/null
check $? "a row has its multiple of a program that only drops, and what that is to be"

pin=/sys/fs/bpf/smoke-$$
bpftool prog loadall build/bench/live.o "$pin"
id=$(bpftool -j prog show pinned "$pin/bench_look_drop" | jq .id)
beside=$(build/bench/bench --quick --only nothing --beside "$id" --json "$scratch/beside.json" 2>&1)
jq -e 'any(.[]; .case == "program beside" and .median > 0)' "$scratch/beside.json" >/dev/null
check $? "a program that is loaded is run beside the others"
rm -r "$pin"
beside=$(build/bench/bench --quick --beside 4294967295 2>&1)
grep -q '^bench: program 4294967295 is no XDP program that can be called' <<<"$beside"
check $? "an id without a program is an error"

alone=$(taskset -c 0 build/bench/bench --quick --only 'exact, 2 CPUs' --json "$scratch/alone.json")
grep -qxF "# no second CPU: 'exact, 2 CPUs' is left out" <<<"$alone"
check $? "one CPU alone measures no company, and says so"
if [ "$(nproc)" -ge 2 ]; then
	for case in "any address, 2 CPUs" "exact, 2 CPUs" "TC exact, 2 CPUs"; do
		is_row "$case"
		check $? "there is a row '$case'"
	done
	rows=$(FRAMES=20000 tests/bench/veth.sh 1 "$json" 2>&1)
	check $? "packets cross veth"
	show "$rows"
	for way in bare-drop portsteer-any xdp-filter-all portsteer-tc nft-ingress iptables-raw; do
		is_row "veth, $way" || grep -q "^# veth, $way is left out" <<<"$rows"
		check $? "there is a row 'veth, $way', or a reason why not"
	done
	for way in bare-drop portsteer-any; do
		is_row "veth, $way, program"
		check $? "there is a row 'veth, $way, program', by the kernel's clock"
	done
	jq -e 'any(.[]; .case == "floor")' "$json" >/dev/null
	check $? "rows of veth are added to the others"
else
	skip "rows of two CPUs, and packets across veth" "there is one CPU"
fi

if rows=$(BINDS=640 tests/bench/guard.sh 1 "$json" 2>&1) && [[ $rows == *"left out"* ]]; then
	skip "rows of the guard" "${rows#\# }"
else
	show "$rows"
	is_row "bind tcp, guard" && is_row "bind tcp, nothing" && is_row "bind udp, guard-bound" &&
		jq -e '[.[] | select(.case == "bind udp, guard")][0].target_guard.value == 1.05' "$json"
	check $? "there are rows of the guard, and what it may cost"
fi

rows=$(tests/bench/connect.sh 1 "$json" 2>&1)
check $? "connections are made"
show "$rows"
for way in connect,\ {direct,portsteer,portsteer-unbound,nft-redirect,iptables-redirect} \
	"connect, portsteer-ipv6" "datagram, direct" "datagram, portsteer"; do
	is_row "$way" || grep -q "^# connect, ${way#*, } is left out" <<<"$rows"
	check $? "there is a row '$way', or a reason why not"
done
jq -e '[.[] | select(.case == "connect, portsteer") | [.bindings, .target_connect.value]]
	== [[1, 1.1], [1000, 1.1]]' "$json" >/dev/null
check $? "one of 1 and one of 1 000 bindings, and what they may cost"

tests/bench/plot.sh "$json" "$scratch" >/dev/null
check $? "the charts are drawn"
is_drawn "$scratch/bench-cost.svg" 'bindings in the table'
check $? "one of them shows cost against bindings"
is_drawn "$scratch/bench-peers.svg" 'xdp-filter'
check $? "the other shows peers"
echo "1..$tests"

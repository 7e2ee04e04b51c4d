#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# connect.sh [ROUNDS [JSON]]: CPU time of a TCP connect and its accept, and of a UDP
# datagram sent and received, both ends in one namespace and on one CPU, in different
# ways, which take turns: straight to who waits at the endpoint, or to one that waits
# elsewhere and is given them. Each way has a namespace of its own. Rows are printed,
# and added to those in the file JSON.
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-501} json=${2:-}
tool=$PWD/build/portsteer
name=psc-$$
# WAY BINDINGS PROTO WAITS-AT PORT CALLED-AT PORT [PROGRAM]
ways=(
	"direct 0 tcp 192.0.2.1 80 192.0.2.1 80"
	"sk-lookup-pass 0 tcp 192.0.2.1 80 192.0.2.1 80 bench_sk_pass"
	"sk-lookup-assign 0 tcp 127.0.0.1 8080 192.0.2.1 80 bench_sk_assign"
	"portsteer 1 tcp 127.0.0.1 8080 192.0.2.1 80"
	"portsteer 1000 tcp 127.0.0.1 8080 192.0.2.1 80"
	"portsteer-prefix 1000 tcp 127.0.0.1 8080 192.0.2.1 80"
	"portsteer-unbound 1000 tcp 192.0.2.1 80 192.0.2.1 80"
	"nft-redirect 1 tcp 127.0.0.1 8080 192.0.2.1 80"
	"nft-redirect 1000 tcp 127.0.0.1 8080 192.0.2.1 80"
	"iptables-redirect 1 tcp 127.0.0.1 8080 192.0.2.1 80"
	"iptables-redirect 1000 tcp 127.0.0.1 8080 192.0.2.1 80"
	"direct-ipv6 0 tcp 2001:db8::1 80 2001:db8::1 80"
	"portsteer-ipv6 1 tcp ::1 8080 2001:db8::1 80"
	"portsteer-ipv6 1000 tcp ::1 8080 2001:db8::1 80"
	"direct 0 udp 192.0.2.1 80 192.0.2.1 80"
	"sk-lookup-pass 0 udp 192.0.2.1 80 192.0.2.1 80 bench_sk_pass"
	"sk-lookup-assign 0 udp 127.0.0.1 8080 192.0.2.1 80 bench_sk_assign"
	"portsteer 1 udp 127.0.0.1 8080 192.0.2.1 80"
	"portsteer 1000 udp 127.0.0.1 8080 192.0.2.1 80"
	"portsteer-prefix 1000 udp 127.0.0.1 8080 192.0.2.1 80"
	"portsteer-unbound 1000 udp 192.0.2.1 80 192.0.2.1 80"
	"nft-redirect 1000 udp 127.0.0.1 8080 192.0.2.1 80"
)

clean() {
	set +e # whatever of it is there
	local i
	for i in "${!ways[@]}"; do
		"$tool" -q -n "$name-$i" flush
		"$tool" -q -n "$name-$i" detach all
		ip netns del "$name-$i"
	done 2>/dev/null
	rm -rf "$times"
}
times=$(mktemp -d)
trap clean EXIT

# COUNT: other bindings, of several kinds.
others() {
	local i
	for ((i = 0; i < $1; i++)); do
		case $((i % 4)) in
		0) echo "tcp 198.51.100.$((i % 256)):$((1000 + i)) socket web" ;;
		1) echo "tcp [2001:db8:1::$i]:$((1000 + i)) socket web" ;;
		2) echo "tcp 10.$((i / 256)).$((i % 256)).0/24:80-89 socket web" ;;
		3) echo "udp any:$((1000 + i)) pass" ;;
		esac
	done
}

# WAY BINDINGS PROTO
table() {
	case $1 in
	portsteer) echo "$3 192.0.2.1:80 socket web" ;;
	portsteer-prefix) echo "$3 192.0.2.0/24:any socket web" ;;
	portsteer-unbound) echo "$3 192.0.2.1:8888 socket web" ;;
	portsteer-ipv6) echo "$3 [2001:db8::1]:80 socket web" ;;
	esac
	others $(($2 - 1))
}

# COUNT PROTO: nftables keeps them in a set, so they cost one lookup.
nft_table() {
	local i
	echo 'table ip t {'
	echo 'set claimed { type ipv4_addr . inet_service; elements = { 192.0.2.1 . 80'
	for ((i = 1; i < $1; i++)); do
		echo ", 198.51.100.$((i % 256)) . $((1000 + i))"
	done
	echo '}; }'
	echo 'chain c { type nat hook output priority -100'
	echo "ip daddr . $2 dport @claimed redirect to :8080; }; }"
}

# COUNT PROTO: iptables asks rule after rule; the one that is measured is half way down.
iptables_table() {
	local i
	echo '*nat'
	for ((i = 0; i < $1; i++)); do
		if [ "$i" = $(($1 / 2)) ]; then
			echo "-A OUTPUT -d 192.0.2.1 -p $2 --dport 80 -j REDIRECT --to-ports 8080"
		else
			echo "-A OUTPUT -d 198.51.100.$((i % 256)) -p $2 --dport $((1000 + i)) -j REDIRECT --to-ports 8080"
		fi
	done
	echo COMMIT
}

# NETNS COMMAND...
within() {
	nsenter --net="/run/netns/$1" "${@:2}"
}

# NETNS: who was reset is forgotten soon, or callers would come by ports of before.
forget() {
	within "$1" sh -c 'echo 1 >/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close'
}

# NETNS WAY BINDINGS PROTO WAITS-AT PORT CALLED-AT...: a namespace for that.
make_place() {
	ip netns add "$1" && ip -n "$1" link set lo up && ip -n "$1" addr add "$7" dev lo || return
	case $2 in
	nft-redirect) nft_table "$3" "$4" "$5" | within "$1" nft -f - && forget "$1" ;;
	iptables-redirect) iptables_table "$3" "$4" "$5" | within "$1" iptables-restore && forget "$1" ;;
	esac
}

# NETNS PID WAY BINDINGS PROTO WAITS-AT PORT...: steers to the socket of PID that waits.
steer() {
	local at=$6
	[[ $3 == portsteer* ]] || return 0
	[[ $at != *:* ]] || at=[$at]
	"$tool" -q -n "$1" attach netns
	"$tool" -q -n "$1" socket add web --pid "$2" --listening "$5" "$at:$7"
	table "$3" "$4" "$5" | "$tool" -q -n "$1" bind --batch -
}

# "able" becomes the ways that this machine has, by number.
choose() {
	local i way what
	for i in "${!ways[@]}"; do
		read -ra way <<<"${ways[i]}"
		if what=$(make_place "$name-$i" "${way[@]}" 2>&1); then
			able+=("$i")
		else
			echo "# connect, ${way[0]} is left out: ${what//$'\n'/; }"
		fi
	done
}

# One file of times for each way.
measure() {
	local i words=() way line from pid
	for i in "${able[@]}"; do
		read -ra way <<<"${ways[i]}"
		words+=("${way[2]}-${way[0]}-${way[1]} $name-$i ${way[*]:2}")
	done
	coproc taskset -c "$(($(nproc) - 1))" build/bench/senders/connect "$rounds" "${words[@]}"
	pid=$COPROC_PID
	exec {from}<&"${COPROC[0]}"
	read -r line <&"$from" && [ "$line" = ready ]
	for i in "${able[@]}"; do
		read -ra way <<<"${ways[i]}"
		steer "$name-$i" "$pid" "${way[@]}"
	done
	echo go >&"${COPROC[1]}"
	awk -v "times=$times" '{ print $2 >(times "/" $1) }' <&"$from"
	wait "$pid"
}

median() {
	sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# Ratios of one file of times to another, one for each round.
ratios() {
	paste "$times/$1" "$times/$2" | awk '{ print $1 / $2 }'
}

# PROTO-WAY-BINDINGS: what its row is called
title() {
	local rest=${1#*-}
	[[ $1 == tcp-* ]] && echo "connect, ${rest%-*}" || echo "datagram, ${rest%-*}"
}

# PROTO-WAY-BINDINGS AGAINST [BOUND TARGET]: printed, and kept for JSON
row() {
	local title against ratio low high bound=${3:-} target=${4:-null} verdict=''
	[ -f "$times/$1" ] && [ -f "$times/$2" ] || return 0
	title=$(title "$1") against=$(title "$2")
	ratio=$(median <(ratios "$1" "$2"))
	low=$(sort -g "$times/$1" | head -n 1) high=$(sort -g "$times/$1" | tail -n 1)
	[ "$target" = null ] ||
		verdict=$(awk "BEGIN { print \"$bound $target\", ($ratio $bound $target) ? \"met\" : \"short\" }")
	printf '%-28s %8s %9.1f %9.1f %9.1f ns %6.3f x %-17s %s\n' "$title" "${1##*-}" \
		"$(median "$times/$1")" "$low" "$high" "$ratio" "${against#*, }" "$verdict"
	jq -n --arg case "$title" --argjson bindings "${1##*-}" --arg against "$against" \
		--arg bound "$bound" --argjson target "$target" \
		--argjson median "$(median "$times/$1")" --argjson min "$low" \
		--argjson max "$high" --argjson ratio "$ratio" '
		{ case: $case, bindings: $bindings, median: $median, min: $min, max: $max, unit: "ns",
			ratio: $ratio, against: $against }
		+ if $target == null then {} else
			{ target_connect: { is: { "<=": "at most", ">=": "at least" }[$bound],
				value: $target,
				met: (if $bound == "<=" then $ratio <= $target else $ratio >= $target end) } }
			end' >>"$times/rows"
}

able=()
choose
measure
printf '%-28s %8s %9s %9s %9s    %s\n' case bindings median min max ratio
for way in direct-0 sk-lookup-pass-0 sk-lookup-assign-0; do
	row "tcp-$way" tcp-direct-0
done
for way in portsteer-1 portsteer-1000 portsteer-prefix-1000 portsteer-unbound-1000; do
	row "tcp-$way" tcp-direct-0 '<=' 1.10
done
row tcp-nft-redirect-1 tcp-portsteer-1 '>=' 1.7
row tcp-nft-redirect-1000 tcp-portsteer-1000 '>=' 1.7
row tcp-iptables-redirect-1 tcp-portsteer-1
row tcp-iptables-redirect-1000 tcp-portsteer-1000
row tcp-direct-ipv6-0 tcp-direct-ipv6-0
row tcp-portsteer-ipv6-1 tcp-direct-ipv6-0 '<=' 1.10
row tcp-portsteer-ipv6-1000 tcp-direct-ipv6-0 '<=' 1.10
for way in direct-0 sk-lookup-pass-0 sk-lookup-assign-0 portsteer-1 portsteer-1000 \
	portsteer-prefix-1000 portsteer-unbound-1000 nft-redirect-1000; do
	row "udp-$way" udp-direct-0
done
if [ -n "$json" ]; then
	jq -s '.[0] + .[1:]' "$json" "$times/rows" >"$times/all"
	cp "$times/all" "$json"
fi

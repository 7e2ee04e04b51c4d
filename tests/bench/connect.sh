#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# connect.sh [ROUNDS [JSON]]: CPU time of a TCP connect and its accept, both ends in one
# namespace and on one CPU, in different ways, which take turns: straight to who waits at
# the endpoint, or to one that waits elsewhere and is given the connection. Each way has
# a namespace of its own. Rows are printed, and added to those in the file JSON.
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-501} json=${2:-}
tool=$PWD/build/portsteer
name=psc-$$
# WAY BINDINGS WAITS-AT PORT CALLED-AT PORT [PROGRAM]
ways=(
	"direct 0 192.0.2.1 80 192.0.2.1 80"
	"sk-lookup-pass 0 192.0.2.1 80 192.0.2.1 80 bench_sk_pass"
	"sk-lookup-assign 0 127.0.0.1 8080 192.0.2.1 80 bench_sk_assign"
	"portsteer 1 127.0.0.1 8080 192.0.2.1 80"
	"portsteer 1000 127.0.0.1 8080 192.0.2.1 80"
	"portsteer-prefix 1000 127.0.0.1 8080 192.0.2.1 80"
	"portsteer-unbound 1000 192.0.2.1 80 192.0.2.1 80"
	"nft-redirect 1 127.0.0.1 8080 192.0.2.1 80"
	"nft-redirect 1000 127.0.0.1 8080 192.0.2.1 80"
	"iptables-redirect 1 127.0.0.1 8080 192.0.2.1 80"
	"iptables-redirect 1000 127.0.0.1 8080 192.0.2.1 80"
	"direct-ipv6 0 2001:db8::1 80 2001:db8::1 80"
	"portsteer-ipv6 1 ::1 8080 2001:db8::1 80"
	"portsteer-ipv6 1000 ::1 8080 2001:db8::1 80"
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

# WAY BINDINGS
table() {
	case $1 in
	portsteer) echo 'tcp 192.0.2.1:80 socket web' ;;
	portsteer-prefix) echo 'tcp 192.0.2.0/24:any socket web' ;;
	portsteer-unbound) echo 'tcp 192.0.2.1:8888 socket web' ;;
	portsteer-ipv6) echo 'tcp [2001:db8::1]:80 socket web' ;;
	esac
	others $(($2 - 1))
}

# COUNT: nftables keeps them in a set, so they cost one lookup.
nft_table() {
	local i
	echo 'table ip t {'
	echo 'set claimed { type ipv4_addr . inet_service; elements = { 192.0.2.1 . 80'
	for ((i = 1; i < $1; i++)); do
		echo ", 198.51.100.$((i % 256)) . $((1000 + i))"
	done
	echo '}; }'
	echo 'chain c { type nat hook output priority -100'
	echo 'ip daddr . tcp dport @claimed redirect to :8080; }; }'
}

# COUNT: iptables asks rule after rule; the one that is measured is half way down.
iptables_table() {
	local i
	echo '*nat'
	for ((i = 0; i < $1; i++)); do
		if [ "$i" = $(($1 / 2)) ]; then
			echo '-A OUTPUT -d 192.0.2.1 -p tcp --dport 80 -j REDIRECT --to-ports 8080'
		else
			echo "-A OUTPUT -d 198.51.100.$((i % 256)) -p tcp --dport $((1000 + i)) -j REDIRECT --to-ports 8080"
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

# NETNS WAY BINDINGS WAITS-AT PORT CALLED-AT...: a namespace for that.
make_place() {
	ip netns add "$1" && ip -n "$1" link set lo up && ip -n "$1" addr add "$6" dev lo || return
	case $2 in
	nft-redirect) nft_table "$3" | within "$1" nft -f - && forget "$1" ;;
	iptables-redirect) iptables_table "$3" | within "$1" iptables-restore && forget "$1" ;;
	esac
}

# NETNS PID WAY BINDINGS WAITS-AT PORT...: steers to the socket of PID that waits.
steer() {
	local at=$5
	[[ $3 == portsteer* ]] || return 0
	[[ $at != *:* ]] || at=[$at]
	"$tool" -q -n "$1" attach netns
	"$tool" -q -n "$1" socket add web --pid "$2" --listening tcp "$at:$6"
	table "$3" "$4" | "$tool" -q -n "$1" bind --batch -
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
		words+=("${way[0]}-${way[1]} $name-$i ${way[*]:2}")
	done
	coproc taskset -c "$(($(nproc) - 1))" build/bench/connect "$rounds" "${words[@]}"
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

# WAY BINDINGS AGAINST ITS-BINDINGS BOUND TARGET: printed, and kept for JSON
row() {
	local ratio low high verdict='' of=$1-$2 beside=$3-$4
	[ -f "$times/$of" ] && [ -f "$times/$beside" ] || return 0
	ratio=$(median <(ratios "$of" "$beside"))
	low=$(sort -g "$times/$of" | head -n 1) high=$(sort -g "$times/$of" | tail -n 1)
	[ "$6" = - ] ||
		verdict=$(awk "BEGIN { print \"$5 $6\", ($ratio $5 $6) ? \"met\" : \"short\" }")
	printf '%-28s %8s %9.1f %9.1f %9.1f ns %6.3f x %-17s %s\n' "connect, $1" "$2" \
		"$(median "$times/$of")" "$low" "$high" "$ratio" "$3" "$verdict"
	jq -n --arg case "connect, $1" --argjson bindings "$2" --arg against "connect, $3" \
		--arg bound "$5" --arg target "$6" --argjson median "$(median "$times/$of")" \
		--argjson min "$low" --argjson max "$high" --argjson ratio "$ratio" '
		{ case: $case, bindings: $bindings, median: $median, min: $min, max: $max, unit: "ns",
			ratio: $ratio, against: $against }
		+ if $target == "-" then {} else ($target | tonumber) as $number
			| { target_connect: { is: { "<=": "at most", ">=": "at least" }[$bound],
				value: $number,
				met: (if $bound == "<=" then $ratio <= $number else $ratio >= $number end) } }
			end' >>"$times/rows"
}

able=()
choose
measure
printf '%-28s %8s %9s %9s %9s    %s\n' case bindings median min max ratio
row direct 0 direct 0 - -
row sk-lookup-pass 0 direct 0 - -
row sk-lookup-assign 0 direct 0 - -
row portsteer 1 direct 0 '<=' 1.10
row portsteer 1000 direct 0 '<=' 1.10
row portsteer-prefix 1000 direct 0 '<=' 1.10
row portsteer-unbound 1000 direct 0 - -
row direct-ipv6 0 direct-ipv6 0 - -
row portsteer-ipv6 1 direct-ipv6 0 '<=' 1.10
row portsteer-ipv6 1000 direct-ipv6 0 '<=' 1.10
row nft-redirect 1 portsteer 1 '>=' 1.7
row nft-redirect 1000 portsteer 1000 '>=' 1.7
row iptables-redirect 1 portsteer 1 - -
row iptables-redirect 1000 portsteer 1000 - -
if [ -n "$json" ]; then
	jq -s '.[0] + .[1:]' "$json" "$times/rows" >"$times/all"
	cp "$times/all" "$json"
fi

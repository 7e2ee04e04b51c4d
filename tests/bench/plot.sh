#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# plot.sh JSON DIRECTORY: what `make bench` measured as two charts, bench-cost.svg and
# bench-peers.svg. Colours are those of plot.gp; where the reader prefers dark, the style
# below turns its ink light.
set -eu
export LC_ALL=C.UTF-8 # the degree sign
json=$1 directory=$2
here=$(dirname "$0")
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
licence='SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause'
ink='#57606a' light='#c9d1d9'

# line CASE: "BINDINGS NS" of each size
line() {
	jq -r --arg case "$1" '.[] | select(.case == $case) | "\(.bindings) \(.median)"' "$json" |
		sort -n
}

# bar CASE BINDINGS LABEL COLOUR: "LABEL NS COLOUR", nothing when it was not measured
bar() {
	jq -r --arg case "$1" --argjson size "$2" --arg text "$3" --arg colour "$4" \
		'[.[] | select(.case == $case and .bindings == $size)][0] // empty
			| "\"\($text)\" \(.median) \($colour)"' "$json"
}

lines() {
	local case
	for case in 'unbound port' 'any address' exact 'exact, IPv6' prefix range miss 'one hash'; do
		line "$case" >"$data/$case"
	done
	line floor | cut -d ' ' -f 2 >"$data/floor"
}

# Ours in colour 1, others in 2, what costs least possible in 3.
bars() {
	{
		bar 'any address' 1000 'portsteer, any address, 1 000' 1
		bar 'xdp-filter, tcp' 1000 'xdp-filter, TCP ports only, 1 000' 2
		bar 'xdp-filter, all' 1000 'xdp-filter, all features, 1 000' 2
		bar exact 1000000 'portsteer, exact, 1 000 000' 1
		bar 'one hash' 1000000 'a bare BPF hash, 1 000 000' 2
	} >"$data/alone"
	{
		bar 'veth, bare-drop' 1 'bare XDP\\_DROP' 3
		bar 'veth, portsteer-any' 1 'portsteer, XDP' 1
		bar 'veth, xdp-filter-tcp' 1 'xdp-filter, TCP ports only' 2
		bar 'veth, xdp-filter-all' 1 'xdp-filter, all features' 2
		bar 'veth, portsteer-tc' 1 'portsteer, TC' 1
		bar 'veth, tc-drop' 1 'bare TC drop' 3
		bar 'veth, nft-ingress' 1 'nftables, ingress' 2
		bar 'veth, nft-prerouting' 1 'nftables, prerouting' 2
		bar 'veth, iptables-raw' 1 'iptables, raw' 2
	} >"$data/veth"
}

# draw NAME: the chart of plot.gp by that name
draw() {
	local style
	style="@media (prefers-color-scheme: dark) { text, [fill='$ink'] { fill: $light; }"
	style="$style [stroke='$ink'] { stroke: $light; } }"
	gnuplot -e "chart='$1'; data='$data'; ink='$ink'" "$here/plot.gp" >"$data/svg"
	# gnuplot writes colours as "rgb( 87,  96, 106)"
	sed -E "1a <!-- $licence -->
		s/[[:blank:]]+\$//; s/rgb\( *87, *96, *106\)/$ink/g; s|<defs>|<style>$style</style>&|" \
		"$data/svg" >"$directory/bench-$1.svg"
	echo "$directory/bench-$1.svg"
}

lines
bars
draw cost
draw peers

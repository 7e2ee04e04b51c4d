# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The charts of plot.sh, which says where the data is: chart, data, ink.

set encoding utf8
set border 3 linecolor rgb ink linewidth 0.8
set tics nomirror out scale 0.5 textcolor rgb ink
set grid ytics linecolor rgb ink linewidth 0.3 dashtype 3
set key textcolor rgb ink

# Told apart by those who see few colours, on white and on black.
array colour[8] = ["#0a9396", "#e76f51", "#2a7fd4", "#8e6fd1", "#c99700", "#c2528b", "#6a994e", "#8b949e"]

if (chart eq "cost") {
	set terminal svg size 860,480 font "sans-serif,14" linewidth 1.5 dynamic
	set logscale x
	set xrange [0.8:1250000]
	set xtics ("1" 1, "1 000" 1e3, "100 000" 1e5, "1 000 000" 1e6)
	set yrange [0:*]
	set xlabel "bindings in the table" textcolor rgb ink
	set ylabel "ns per packet" textcolor rgb ink
	set key inside left top Left reverse samplen 2 spacing 1.3
	set rmargin 6
	parser_ns = real(system("cat '".data."/floor'"))
	names = "unbound port;any address;exact;exact, IPv6;prefix;range;miss;one hash"
	titles = "unbound port;any address;exact;exact, IPv6;prefix;range;bound port, other address;a bare BPF hash"
	cut(list, i) = system("echo '".list."' | cut -d ';' -f ".i)
	plot for [i=1:8] data."/".cut(names, i) using 1:2 with linespoints linewidth 1.5 \
		pointtype (i == 8 ? 6 : 7) pointsize 0.5 linecolor rgb colour[i] \
		title cut(titles, i), \
		parser_ns with lines linecolor rgb ink dashtype 2 title "floor: the parser alone"
}

if (chart eq "peers") {
	set terminal svg size 860,560 font "sans-serif,14" linewidth 1.5 dynamic
	unset key
	set border 1 # the axis below
	set ytics scale 0
	set grid noytics
	set grid xtics linecolor rgb ink linewidth 0.3 dashtype 3
	set style fill solid 0.9 noborder
	set lmargin at screen 0.32
	set rmargin at screen 0.95
	set title offset 0, -0.5 textcolor rgb ink
	fill(i) = i == 1 ? 0x0a9396 : i == 2 ? 0x8b949e : 0xc99700
	rows(name) = int(system("wc -l <'".data."/".name."'"))
	longest(name) = real(system("cut -d '\"' -f 3 '".data."/".name."' | sort -g | tail -n 1 | cut -d ' ' -f 2"))
	has_veth = rows("veth") > 0

	set multiplot
	set title "the program alone: ns per packet"
	set tmargin at screen 0.94
	set bmargin at screen has_veth ? 0.65 : 0.12
	set yrange [rows("alone") - 0.4:-0.6]
	set xrange [0:longest("alone") * 1.1]
	plot data."/alone" using ($2/2):0:($2/2):(0.35):(fill($3)):ytic(1) \
		with boxxyerror linecolor rgb variable, \
		"" using 2:0:(sprintf(" %.0f", $2)) with labels left offset 0.4, 0 textcolor rgb ink
	if (has_veth) {
		set title "across veth: CPU time of a dropped packet, ns"
		set tmargin at screen 0.52
		set bmargin at screen 0.07
		set yrange [rows("veth") - 0.4:-0.6]
		set xrange [0:longest("veth") * 1.1]
		plot data."/veth" using ($2/2):0:($2/2):(0.35):(fill($3)):ytic(1) \
			with boxxyerror linecolor rgb variable, \
			"" using 2:0:(sprintf(" %.0f", $2)) with labels left offset 0.4, 0 textcolor rgb ink
	}
	unset multiplot
}

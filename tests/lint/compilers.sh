#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# compilers.sh [--accept] [ROOT]: the BPF objects build with each clang that is
# there, and the verifier loads them without taking much longer than it did: how
# many instructions it went through, by kernel and compiler, is in verifier.txt,
# where --accept writes what is so now.
set -u
accept=
if [ "${1:-}" = --accept ]; then
	accept=1
	shift
fi
golden=${VERIFIER_TXT:-$(cd "$(dirname "$0")" && pwd)/verifier.txt}
# shellcheck source=tests/lint/tap.bash
. "$(dirname "$0")/tap.bash"

PATH=$PATH:/usr/sbin:/sbin
growth=10 # percent
kernel=$(uname -r | cut -d. -f1,2)
objects=$(files 'bpf/*.bpf.c' | sed 's|.*/||; s|\.bpf\.c$||')
work=$(mktemp -d)
pins=/sys/fs/bpf/portsteer-lint-$$
trap 'rm -rf "$work" "$pins"' EXIT

version() {
	"$1" -dumpversion | sed 's/\..*//'
}

build() {
	local object
	for object in $objects; do
		make -s CLANG="$1" BUILD="$work/$1" "$work/$1/bpf/$object.o" >"$work/log" 2>&1 ||
			cat "$work/log"
		grep warning: "$work/log"
	done
}

# Adds "6.18 clang-14 xdp portsteer_xdp 1234" for each program to $work/counts; prints what went wrong.
load() {
	local object=$2
	rm -rf "$pins" && mkdir "$pins" || return
	bpftool -d prog loadall "$work/$1/bpf/$object.o" "$pins" 2>&1 | # what the verifier says
		sed -n "s/.*prog '\(.*\)': -- BEGIN PROG LOAD LOG.*/\1/p
			s/^processed \([0-9]*\) insns.*/\1/p" | paste -d ' ' - - |
		sed "s/^/$kernel clang-$(version "$1") $object /" >"$work/loaded"
	cat "$work/loaded" >>"$work/counts"
	[ "$(wc -l <"$work/loaded")" = "$(find "$pins" -type f | wc -l)" ] && [ -s "$work/loaded" ] &&
		return
	rm -rf "$pins" && mkdir "$pins" && bpftool prog loadall "$work/$1/bpf/$object.o" "$pins" |
		tail -n 30
	echo "$(wc -l <"$work/loaded") programs were loaded"
}

# Kernels and compilers whose counts nobody accepted are not judged.
grown() {
	awk -v growth="$growth" '{ key = $1 " " $2 " " $3 " " $4 }
		FNR == NR { before[key] = $5; known[$1 $2] = 1; next }
		known[$1 $2] && !(key in before) { print key ": " $5 ", not known before; see --accept" }
		key in before && $5 > before[key] * (1 + growth / 100) {
			print key ": " $5 ", was " before[key] }' "$golden" "$work/counts"
}

# Replaces the counts of this kernel and these compilers.
accept() {
	awk '{ key = $1 " " $2 }
		FNR == NR { mine[key] = 1; next }
		!(key in mine)' "$work/counts" "$golden" >"$work/kept"
	sort -V "$work/kept" "$work/counts" >"$golden"
}

has_verifier() {
	[ "$(id -u)" = 0 ] && [ "$(stat -f -c %T /sys/fs/bpf 2>/dev/null)" = bpf_fs ]
}

: >"$work/counts"
for clang in "${CLANG:-clang}" clang-19; do
	if ! command -v "$clang" >/dev/null; then
		skip "$clang builds the BPF objects" "it is not installed"
		continue
	fi
	[ -d "$work/$clang" ] && continue
	mkdir "$work/$clang"
	check "$clang builds the BPF objects" build "$clang"
	for object in $objects; do
		if has_verifier; then
			check "the verifier takes $object.o of $clang" load "$clang" "$object"
		else
			skip "the verifier takes $object.o of $clang" "needs root and a BPF file system"
		fi
	done
done
sed 's/^/# /' "$work/counts"
touch "$golden"
[ -n "$accept" ] && [ $failed = 0 ] && accept
if [ -s "$work/counts" ]; then
	check "the verifier has at most $growth % more to do" grown
else
	skip "the verifier has at most $growth % more to do" "nothing was loaded"
fi
finish

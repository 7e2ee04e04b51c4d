#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# compilers.sh [--accept|--accept-from LOG] [ROOT]: the BPF objects build with each
# clang that is there, and the verifier loads them without taking much longer than
# it did: how many instructions it went through, by kernel and compiler, is in
# verifier.txt, where --accept writes what is so now, --accept-from what was so when LOG
# was written. CLANGS: other compilers. BUILT: where their objects are.
set -u
# The programs are pinned in a BPF file system of its own, which ends with it.
if [ -z "${OWN_MOUNTS:-}" ] && unshare --mount true 2>/dev/null; then
	OWN_MOUNTS=1 exec unshare --mount --propagation private "$0" "$@"
fi
accept='' log=''
case ${1:-} in
--accept)
	accept=1
	shift
	;;
--accept-from)
	log=$(realpath "$2")
	shift 2
	;;
esac
golden=${VERIFIER_TXT:-$(cd "$(dirname "$0")" && pwd)/verifier.txt}
# shellcheck source=tests/lint/tap.bash
. "$(dirname "$0")/tap.bash"

PATH=$PATH:/usr/sbin:/sbin
growth=10 # percent
kernel=$(uname -r | cut -d. -f1,2)
objects=$(files 'bpf/*.bpf.c' | sed 's|.*/||; s|\.bpf\.c$||')
work=$(mktemp -d)
built=${BUILT:-$work}
bpffs=$work/bpffs
pins=$bpffs/pins
trap 'mountpoint -q "$bpffs" && umount "$bpffs"; rm -rf "$work"' EXIT

# COMPILER: 14 of clang-14, without starting it, which a guest does slowly.
version() {
	case $1 in
	clang-[0-9]*) echo "${1#clang-}" ;;
	*) "$1" -dumpversion | sed 's/\..*//' ;;
	esac
}

build() {
	local object
	for object in $objects; do
		make -s CLANG="$1" BUILD="$work/$1" "$work/$1/bpf/$object.o" >"$work/log" 2>&1 ||
			cat "$work/log"
		grep warning: "$work/log"
	done
}

# OBJECT of COMPILER, pinned until all are counted; prints what went wrong.
load() {
	mkdir "$pins/$2" || return
	bpftool prog loadall "$built/$1/bpf/$2.o" "$pins/$2" >"$work/log" 2>&1 ||
		tail -n 30 "$work/log"
}

# COMPILER: "6.18 clang-14 xdp portsteer_xdp 1234" for each program that is pinned, as
# the kernel tells it of a descriptor.
verified() {
	python3 -c '
import ctypes, re, sys
libbpf = ctypes.CDLL("libbpf.so.1")
for path in sys.argv[2:]:
    fd = libbpf.bpf_obj_get(path.encode())
    told = open(f"/proc/self/fdinfo/{fd}").read()
    print(sys.argv[1], *path.split("/")[-2:], re.search(r"verified_insns:\s*(\d+)", told)[1])
' "$kernel clang-$(version "$1")" "$pins"/*/*
}

# Programs that are pinned, and that the kernel would interpret.
interpreted() {
	[ "$(</proc/sys/net/core/bpf_jit_enable)" != 0 ] || return
	python3 -c '
import ctypes, re, sys
libbpf = ctypes.CDLL("libbpf.so.1")
for path in sys.argv[1:]:
    fd = libbpf.bpf_obj_get(path.encode())
    if not re.search(r"prog_jited:\s*1", open(f"/proc/self/fdinfo/{fd}").read()):
        print(path)
' "$pins"/*/*
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
	sort -Vu "$work/kept" "$work/counts" >"$golden"
}

has_verifier() {
	mountpoint -q "$bpffs" ||
		{ [ -n "${OWN_MOUNTS:-}" ] && mkdir "$bpffs" && mount -t bpf bpf "$bpffs"; }
}

: >"$work/counts"
if [ -n "$log" ]; then
	sed -n 's/^ *# verifier: //p' "$log" >"$work/counts"
	accept
	exit
fi
for clang in ${CLANGS:-"${CLANG:-clang}" clang-19}; do
	if [ -z "${BUILT:-}" ] && ! command -v "$clang" >/dev/null; then
		skip "$clang builds the BPF objects" "it is not installed"
		continue
	fi
	[ -e "$work/$clang" ] && continue # CLANG=clang-19
	mkdir "$work/$clang"
	[ -n "${BUILT:-}" ] || check "$clang builds the BPF objects" build "$clang"
	if ! has_verifier; then
		skip "the verifier takes the objects of $clang" "needs root, to mount a BPF file system"
		continue
	fi
	mkdir "$pins"
	for object in $objects; do
		check "the verifier takes $object.o of $clang" load "$clang" "$object"
	done
	check "the kernel compiles the programs of $clang" interpreted
	verified "$clang" >>"$work/counts"
	rm -rf "$pins"
done
sed 's/^/# verifier: /' "$work/counts"
touch "$golden"
[ -n "$accept" ] && [ $failed = 0 ] && accept
if [ -s "$work/counts" ]; then
	check "the verifier has at most $growth % more to do" grown
else
	skip "the verifier has at most $growth % more to do" "nothing was loaded"
fi
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# layers.sh [ROOT]: who may include, print and name what.
set -u
floors=${FLOORS_TXT:-$(cd "$(dirname "$0")" && pwd)/floors.txt}
# shellcheck source=tests/lint/tap.bash
. "$(dirname "$0")/tap.bash"

harmless='ctype|dirent|errno|limits|netdb|stdarg|stdbool|stddef|stdio|stdlib|string|time|unistd'
harmless="$harmless|arpa/inet|linux/types|portsteer/(abi|address|guard|socket)|regex|yaml"

# folders PROPERTY: "a|b", those that have it in the table.
folders() {
	awk -v may="$1" '/^[a-z]/ && $3 == may { print $1 }' "$floors" | paste -sd '|'
}

# "FILE:LINE:HEADER" for each include, with its quotes or brackets.
includes() {
	files 'user/*.[ch]' | xargs -r grep -nHE '^[[:space:]]*#[[:space:]]*include' |
		sed -E 's/^([^:]*:[0-9]*:)[^"<]*(["<][^">]*[">]).*/\1\2/' | grep -v '\.skel\.h"$'
}

# What includes upward or sideways, without a folder, or of a folder without a floor.
upward() {
	includes | grep '"$' | awk '
		NR == FNR { if (/^[a-z]/) floor[$1] = $2; next }
		{ split($0, part, ":"); split(part[1], path, "/"); split(part[3], name, /["\/]/)
			mine = path[2] == "main.c" ? 99 : floor[path[2]]
			if (!mine || !floor[name[2]] || name[2] != path[2] &&
			    (floor[name[2]] >= mine || name[3] == "internal.h"))
				print }' "$floors" -
}

# Headers that include one another, round a circle of any length.
circles() {
	includes | sed -nE 's|^user/([^:]*\.h):[0-9]*:"(.*)"$|\1 \2|p' |
		{ tsort >/dev/null; } 2>&1
}

# What pure folders include besides harmless headers, pure folders and what the table names.
impure() {
	local folder headers
	for folder in $(folders pure | tr '|' ' '); do
		headers=$(awk -v mine="+$folder" '$1 == mine { $1 = ""; print }' "$floors")
		# shellcheck disable=SC2086 # words
		includes | grep "^user/$folder/" |
			grep -vE ":(<($harmless)\.h>|\"($(folders pure))/.*\"$(printf '|"%s.h"' $headers))\$" |
			grep -v '^user/base/memory\.c:[0-9]*:<sys/mman\.h>$' # that it is in large pages
	done
}

bpf_users() {
	includes | grep -E ':<(bpf|xdp)/' | grep -vE "^user/($(folders bpf))/"
}

skeletons() {
	files '*.c' '*.h' | grep -vE '^user/instance/object(_table)?\.c$' | xargs -r grep -nE 'include.*\.skel\.h'
}

printing() {
	files 'user/*.[ch]' | grep -vE "^user/(main\.c|($(folders prints))/.*)\$" |
		grep_code '\b(v?printf|puts|putchar|perror|psignal|err|errx|warn|warnx)\(|\bstd(out|err)\b' |
		grep -v '^user/base/memory\.c:[0-9]*:[[:space:]]*fputs("", stderr);$' # out of memory
}

# The one exception above is one line, before the program ends.
printing_exception() {
	[ -f user/base/memory.c ] || return
	[ "$(grep -c 'stderr' user/base/memory.c)" -le 1 ] || echo "user/base/memory.c prints more than once"
}

conditionals() {
	local file guard
	for file in $(files 'bpf/*'); do
		guard=$(grep -m1 -oE '^#ifndef PORTSTEER_[A-Z0-9_]+_H$' "$file")
		[[ $file == *.h && -n $guard ]] || guard='#no guard'
		echo "$file" | grep_code '^\s*#\s*(if|ifdef|ifndef|elif|else)\b' |
			awk -v guard="$guard" '{ text = $0; sub(/^[^:]*:[0-9]*:/, "", text)
				if (text != guard || seen++) print }'
	done
}

packet_pointers() {
	files 'bpf/*' | grep -vE '^bpf/(packet\.h|.*\.bpf\.c)$' | grep_code '\bdata_end\b'
}

# verdicts REGEX-OF-NAMES FILE-THAT-MAY
verdicts() {
	files 'bpf/*' 'user/*.[ch]' 'include/*.h' | grep -v "^$2\$" | grep_code "\\b($1)\\b"
}

control_macros() {
	files 'bpf/*' | grep_code '^\s*#\s*define\b.*\b(return|goto|break|continue)\b'
}

# An element that packets read, replaced: the next packet may see another's action (adr/0003).
updates() {
	files 'user/*.c' 'bpf/*' |
		grep_code 'bpf_map_update_elem\(.*(BINDINGS|&bindings\b)' | grep -v 'BPF_NOEXIST)'
}

# The mark of a change under way tells the next command what to fix (user/pins/pending.h).
marks() {
	files 'user/*.[ch]' | grep -v '^user/pins/pending\.c$' |
		grep_code '\bpending\s*[-+|&^]?=[^=]|(^|[^&])&[a-z_][]a-z_.>[-]*\bpending\b'
}

check "includes name a folder and point downward" upward
check "no headers include one another" circles
check "pure folders include no kernel, store or host header" impure
check "only folders with bpf include libbpf" bpf_users
check "only object.c and object_table.c include skeletons" skeletons
check "only commands and main.c print" printing
check "memory.c prints one line" printing_exception
check "bpf/ has no conditional compilation" conditionals
check "packet borders are only in packet.h and the hooks" packet_pointers
check "XDP verdicts are only in its hook" verdicts 'XDP_(ABORTED|DROP|PASS|TX|REDIRECT)' '\(bpf/xdp\.bpf\.c\|user/observe/rehearsal\.c\)'
check "TC verdicts are only in its hook" verdicts 'TC_ACT_\w+|TCX_\w+' '\(bpf/tc\.bpf\.c\|user/observe/rehearsal\.c\)'
check "bpf/ has no macro with control flow" control_macros
check "elements of bindings are inserted or changed in place, never updated" updates
check "the mark of a change is set in pending.c alone" marks
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# layers.sh [ROOT]: who may include, print and name what.
set -u
# shellcheck source=tests/lint/tap.bash
. "$(dirname "$0")/tap.bash"

pure='endpoint|endpoint_parse|binding|binding_parse|batch|keymap|memory|probe|compile|plan|conflict|conflict_host'
pure="$pure|conflict_hook|mend|hook_name|shadow|slot|portset|reason|error|hazard|hazard_target|syntax"
pure="$pure|fault|file|file_yaml|file_input|file_check|file_words|file_section|file_guard|file_sockets|guard_setting|socket_place|difference|interface|quote|quote_shell|progress|notice|answer|number|search"
pure="$pure|owner_text|advice|utf8|conflict_attempt|conflict_listener|conflict_owner|conflict_ephemeral|conflict_socket|unchecked|registered|event"
facts='address|attachment|attempts|device|ephemeral|listener|netns|occupant|offload' # headers of what the host has
harmless='ctype|errno|limits|netdb|stdarg|stdbool|stddef|stdio|stdlib|string|unistd|arpa/inet'
harmless="$harmless|linux/types|portsteer/(abi|address|guard|socket)|regex|yaml"

pure_files() {
	files 'user/*.[ch]' | grep -E "^user/($pure)\.[ch]\$"
}

pure_includes() {
	pure_files | xargs -r grep -HnE '^[[:space:]]*#[[:space:]]*include' |
		grep -vE "\"($pure)\.h\"|<($harmless)\.h>" |
		grep -vE "^user/(conflict|event|hazard|mend)\.h:.*\"($facts)\.h\""
}

# Headers of facts may themselves include no more than pure modules do.
facts_includes() {
	files 'user/*.h' | grep -E "^user/($facts)\.h\$" |
		xargs -r grep -HnE '^[[:space:]]*#[[:space:]]*include' |
		grep -vE "\"($pure|$facts)\.h\"|<($harmless|sys/types)\.h>"
}

skeletons() {
	files '*.c' '*.h' | grep -v '^user/object\.c$' | xargs -r grep -nE 'include.*\.skel\.h'
}

printing() {
	files 'user/*.[ch]' | grep -vE '^user/(cmd[a-z_]*|main|output)\.c$' |
		grep_code '\b(v?printf|puts|putchar|perror|psignal|err|errx|warn|warnx)\(|\bstd(out|err)\b' |
		grep -v '^user/memory\.c:[0-9]*:[[:space:]]*fputs("", stderr);$' # out of memory
}

# The one exception above is one line, before the program ends.
printing_exception() {
	[ -f user/memory.c ] || return
	[ "$(grep -c 'stderr' user/memory.c)" -le 1 ] || echo "user/memory.c prints more than once"
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

# The mark of a change under way tells the next command what to mend (user/pending.h).
marks() {
	files 'user/*.[ch]' | grep -v '^user/pending\.c$' |
		grep_code '\bpending\s*[-+|&^]?=[^=]|(^|[^&])&[a-z_][]a-z_.>[-]*\bpending\b'
}

check "pure modules include no kernel, store or host header" pure_includes
check "headers of host facts include no more than pure ones" facts_includes
check "only object.c includes skeletons" skeletons
check "only commands, main.c and output.c print" printing
check "memory.c prints one line" printing_exception
check "bpf/ has no conditional compilation" conditionals
check "packet borders are only in packet.h and the hooks" packet_pointers
check "XDP verdicts are only in its hook" verdicts 'XDP_(ABORTED|DROP|PASS|TX|REDIRECT)' 'bpf/xdp\.bpf\.c'
check "TC verdicts are only in its hook" verdicts 'TC_ACT_\w+|TCX_\w+' 'bpf/tc\.bpf\.c'
check "bpf/ has no macro with control flow" control_macros
check "elements of bindings are inserted or changed in place, never updated" updates
check "the mark of a change is set in pending.c alone" marks
finish

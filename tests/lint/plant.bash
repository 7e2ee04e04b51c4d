# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154 # tree and here are set by who sources it
# A small tree that breaks no rule, to break one in, and what is then found.

spdx='SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause'

# put FILE LINE...: a file with its licence and these lines
put() {
	local file=$tree/$1
	shift
	mkdir -p "${file%/*}"
	case $file in
	*.[ch]) echo "// $spdx" >"$file" ;;
	*) printf '#!/bin/bash\n# %s\n' "$spdx" >"$file" ;;
	esac
	printf '%s\n' "$@" >>"$file"
}

# A tree that breaks no rule.
plant() {
	rm -rf "${tree:?}"/*
	cp "$here/../../.clang-format" "$tree/"
	put include/portsteer/abi.h '#include <linux/types.h>' '' 'struct ps_pair {' \
		$'\t__u32 first, second;' '};'
	put user/binding/plan.h '#include <portsteer/abi.h>'
	put user/binding/plan.c '/* printf("XDP_DROP"); goto */' '#include "binding/plan.h"' '' \
		'const char text[] = "goto stdout TC_ACT_OK";' '' 'void plan(void)' '{' '}'
	put user/host/ephemeral.h '#include <linux/types.h>'
	put user/base/memory.c '#include <stdio.h>' '' 'void give_up(void)' '{' \
		$'\tfputs("no memory\\n", stderr);' '}'
	put user/cmd/bind.c '#include <stdio.h>' '' 'void run(void)' '{' $'\tputs("done");' '}'
	put bpf/packet.h '#ifndef PORTSTEER_PACKET_H' '#define PORTSTEER_PACKET_H' '' \
		'static void *end = data_end;' '' '#endif'
	put bpf/xdp.bpf.c 'int verdict = XDP_DROP;'
	put bpf/tc.bpf.c 'int verdict = TC_ACT_SHOT;'
	put tests/run 'echo ok'
	echo 'prose' >"$tree/README.md"
	mkdir -p "$tree/doc/adr" && echo '# 1. First' >"$tree/doc/adr/0001-first.md"
	echo '[1](0001-first.md) [1](0001-second.md)' >"$tree/doc/adr/README.md"
}

# The rules that $1.sh finds broken in the tree.
broken() {
	"$here/$1.sh" "$tree" | sed -n 's/^not ok [0-9]* - //p'
}

finds_nothing() {
	plant
	broken "$1"
}

# finds SCRIPT RULE FILE LINE...: the file breaks this rule of the script, and no other.
finds() {
	local script=$1 rule=$2 found
	shift 2
	plant
	put "$@"
	found=$(broken "$script")
	[ "$found" = "$rule" ] || echo "$1: '$found' is said to be broken"
}

breaches=0 part=$((${SEED:-$(date +%s)} % 2))

# breach SCRIPT RULE FILE LINE...: all with LONG=1, else every other, the odd or the even ones as
# SEED says, without it the clock.
breach() {
	[ -n "${LONG:-}" ] || [ $((breaches++ % 2)) = $part ] || return 0
	check "$1.sh finds: not $2 ($3)" finds "$@"
}

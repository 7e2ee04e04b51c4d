#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# style.sh [ROOT]: what the formatters and checkers of others find, the layout
# of abi.h, words and paths that do not belong into the tree.
set -u
# shellcheck source=tests/lint/tap.bash
. "$(dirname "$0")/tap.bash"

layout() {
	files '*.c' '*.h' | xargs -r clang-format --dry-run -Werror
}

# Shell scripts, by their name or their first line. Functions are called by name (SC2317).
scripts() {
	local file
	files '*.sh' '*.bash'
	for file in $(files | grep -vE '\.[a-z0-9]+$'); do
		head -n 1 "$file" | grep -qaE '^#!/bin/(ba)?sh' && echo "$file"
	done
}

shell() {
	scripts | sort -u | grep -v '^doc/.*\.bash$' | xargs -r shellcheck -x -e SC2317 -f gcc
	files '*.bats' | xargs -r shellcheck -x -e SC2317 -s bats -f gcc
}

# padding COMPILER...: what kernel and user space share has no byte without a name
padding() {
	files 'include/portsteer/*.h' | sed 's|include/\(.*\)|#include <\1>|' |
		"$@" -std=gnu11 -Wall -Wextra -Wpadded -Werror -Iinclude -x c -c -o /dev/null -
}

leftovers() {
	files | xargs -r grep -nIE '\<(TO[D]O|FIX[M]E|XX[X]|HAC[K])\>'
}

paths() {
	files | xargs -r grep -nIE '(^|[^[:alnum:]_.$}/])/(w[o]rk|h[o]me)(/|[^[:alnum:]_]|$)'
}

spaces() {
	files | grep -vE '\.(md|txt|golden|pcap|png)$|/golden/' | xargs -r grep -nIE '[[:blank:]]$'
}

records() {
	files 'doc/adr/*' | sed -n 's|.*/\([0-9]*\)-.*|\1|p' | sort | uniq -d |
		sed 's/.*/doc\/adr: two decision records have the number &/'
}

# Of each the line says what it decides.
unlisted() {
	local record
	files 'doc/adr/[0-9]*.md' | while read -r record; do
		grep -qF "(${record##*/})" doc/adr/README.md || echo "$record has no line in doc/adr/README.md"
	done
}

check "C is laid out as .clang-format says" layout
check "shellcheck finds nothing" shell
check "abi.h has no hidden padding for gcc" padding gcc
check "abi.h has no hidden padding for BPF" padding "${CLANG:-clang}" -target bpf \
	-I"/usr/include/$(gcc -print-multiarch)"
check "nothing is left to be done" leftovers
check "no path of one machine" paths
check "no blanks at the end of a line" spaces
check "decision records have numbers of their own" records
check "decision records have a line in their list" unlisted
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# answers.sh [ROOT]: look-ups whose failure is so easily taken for "no" are made by ask.c and
# maps.c, where they have three answers: yes, no, not known.
set -u
# shellcheck source=tests/lint/tap.bash
. "$(dirname "$0")/tap.bash"

raw_calls() {
	files 'user/*.[ch]' | grep -vE '^user/(host/ask|pins/maps)\.c$' |
		grep_code '\b(access|if_nametoindex|if_indextoname|bpf_map_lookup_elem(_flags)?)\('
}

# An answer is a struct: what is asked is whether it is a yes, a no or unknown.
bare_answers() {
	files 'user/*.[ch]' | grep -vE '^user/base/answer\.[ch]$' | grep_code '\.is\s*[=!]='
}

check "only ask.c makes calls whose failure is no answer" raw_calls
check "answers are asked for by name" bare_answers
finish

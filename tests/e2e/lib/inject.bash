# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Commands some of whose system calls fail. Sanitizers look for no leaks there: they trace, too.

export ASAN_OPTIONS=detect_leaks=0

# CALL COMMAND...: how often the command makes it
calls() {
	strace -f --seccomp-bpf -qq -e trace="$1" -o "$BATS_TEST_TMPDIR/calls" "${@:2}" >/dev/null 2>&1
	awk -v call="$1(" 'index($0, call) { n++ } END { print n + 0 }' "$BATS_TEST_TMPDIR/calls"
}

# CALL TEXT COMMAND...: the number of its first call that has this among its arguments
call_with() {
	calls "$1" "${@:3}" >/dev/null
	awk -v call="$1(" -v text="$2" 'index($0, call) { n++; if (index($0, text)) { print n; exit } }' \
		"$BATS_TEST_TMPDIR/calls"
}

# CALL ERROR NUMBER COMMAND...: with that one of its calls failed, the first is 1
failing() {
	strace -f --seccomp-bpf -qq -e trace="$1" -e inject="$1:error=$2:when=$3" -o /dev/null "${@:4}"
}

# PATH CALL ERROR COMMAND...: with these calls failed, but only about the path
failing_at() {
	strace -f --seccomp-bpf -qq -P "$1" -e trace="$2" -e inject="$2:error=$3" -o /dev/null "${@:4}"
}

# FEW COUNT: which of 1 to COUNT are tried: all with LONG=1, else FEW of them
chosen() {
	local few=$1 count=$2 step=1

	if [ -z "${LONG:-}" ] && [ "$count" -gt "$few" ]; then
		step=$(((count + few - 1) / few))
	fi
	seq $((1 + RANDOM % step)) $step "$count"
}

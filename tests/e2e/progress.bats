#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What takes long shows on a terminal how far it is, and nowhere else. Reading is
# made slow by strace(1).

load lib/net

setup() {
	command -v strace >/dev/null || skip "needs strace"
	strace -qq -o /dev/null true || skip "may not trace"
	net_setup_table
	FILE=$BATS_TEST_TMPDIR/many.yaml
	awk 'BEGIN {
		print "bindings:"
		for (i = 0; i < 4000; i++)
			printf "  - endpoint: tcp 10.0.%d.%d:80\n    action: drop\n",
				i / 256, i % 256
	}' >"$FILE"
	awk '/endpoint/ { print $3, $4, "drop" }' "$FILE" >"$BATS_TEST_TMPDIR/batch"
}

teardown() {
	net_teardown
}

# WORD... FILE: of portsteer, which reads the file for more than a second.
slowly() {
	strace -qq -o /dev/null -P "${!#}" -e trace=read -e inject=read:delay_exit="${DELAY:-150000}" \
		"$PORTSTEER" -n "$HOST" "$@"
}

# The same on a terminal; what that got is stdout, a line for each time the bar is drawn.
slowly_on_terminal() {
	script -qec "$(declare -f slowly); PORTSTEER='$PORTSTEER' HOST='$HOST' DELAY='${DELAY:-}'; slowly $*" \
		/dev/null </dev/null | tr '\r' '\n'
}

@test "a bar on a terminal, which goes away" {
	local seen

	seen=$(slowly_on_terminal apply --detached "$FILE")
	grep -qE '^reading    \[#+ +\] +[1-9][0-9]?%$' <<<"$seen"
	grep -qF $'\033[K' <<<"$seen"
	same 4000 "$(steer -j bindings | jq length)"
	seen=$(DELAY=900000 slowly_on_terminal bind --replace --batch "$BATS_TEST_TMPDIR/batch")
	grep -qE '^reading    \[#+ +\] +[1-9][0-9]?%$' <<<"$seen"
}

@test "none with -q or -j, none in a pipe, none when it is quick" {
	run ! grep -F reading <<<"$(slowly_on_terminal -q apply --detached "$FILE")"
	run ! grep -F reading <<<"$(slowly_on_terminal -j apply --detached "$FILE")"
	run ! grep -F reading <<<"$(slowly apply --detached "$FILE" 2>&1)"
	run ! grep -F reading <<<"$(script -qec "'$PORTSTEER' -n $HOST apply --detached '$FILE'" /dev/null </dev/null)"
}

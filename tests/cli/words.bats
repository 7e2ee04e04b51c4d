#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# What commands take and refuse, row by row from the files beside this one.
# A row that behaves otherwise is printed, and the others are tried: all with LONG=1, else
# every other, the odd or the even ones as SEED says, without it the clock.

load ../e2e/lib/net

setup() {
	net_setup_table
	exec 2>&1
	HERE=$BATS_TEST_DIRNAME
	failed=0 rows=0
	part=$((${SEED:-$(date +%s)} % 2))
	[ -n "${LONG:-}" ] || export ASAN_OPTIONS=detect_leaks=0 # looking for some takes half the time
}

teardown() {
	net_teardown
}

# A row of a file is a comment, or not tried this time.
is_left_out() {
	[[ $1 != '#'* ]] || return 0
	[ -z "${LONG:-}" ] && [ $((rows++ % 2)) -ne "$part" ]
}

# ROW EXPECTED ACTUAL
check() {
	if [ "$2" != "$3" ]; then
		printf '%s\n  expected: %s\n  actual:   %s\n' "$1" "$2" "$3"
		failed=$((failed + 1))
	fi
}

# What the table holds, as words.
table() {
	steer -j bindings | jq -r '[.[] | .endpoint + " " + .words
		+ (if .name == "" then "" else " name " + .name end)] | join("; ")'
}

@test "lines that are taken, and how they are printed: accept.txt" {
	while IFS= read -r row; do
		if is_left_out "$row"; then
			continue
		fi
		check "$row" '' "$(steer -q bind --batch - <<<"${row% | *}" 2>&1)"
		check "$row" "${row##* | }" "$(table)"
		steer flush
	done <"$HERE/accept.txt"
	[ "$failed" -eq 0 ]
}

@test "lines that are refused, with line and column: reject.txt" {
	while IFS= read -r row; do
		if is_left_out "$row"; then
			continue
		fi
		status=0
		output=$(steer bind --batch - <<<"${row% | *}" 2>&1) || status=$?
		check "$row" "2 portsteer: <stdin>:${row##* | }" "$status $output"
	done <"$HERE/reject.txt"
	[ "$failed" -eq 0 ]
	[ ! -e "$PINS/$HOST" ]
}

@test "command lines that are refused: usage.txt" {
	steer -q bind tcp any:80 drop
	while IFS= read -r row; do
		if is_left_out "$row"; then
			continue
		fi
		read -ra words <<<"${row%% | *}"
		rest=${row#* | }
		status=0
		output=$(steer "${words[@]}" 2>&1) || status=$?
		rest=${rest//-n NETNS/-n "$HOST"}
		check "$row" "${rest%% | *} portsteer: ${rest#* | }" "$status $output"
	done <"$HERE/usage.txt"
	[ "$failed" -eq 0 ]
	same 'tcp any:80 drop' "$(table)"
}

@test "file, line and column of a file; all or none" {
	printf '# a comment\n\ntcp any:1 drop\ntcp any:2 dorp\n' >"$BATS_TEST_TMPDIR/file"
	says 2 "portsteer: $BATS_TEST_TMPDIR/file:4:11: unknown action 'dorp'" \
		steer bind --batch "$BATS_TEST_TMPDIR/file"
	[ ! -e "$PINS/$HOST" ]
	steer -q bind tcp any:7 drop
	says 2 "<stdin>:2:1: unknown protocol" \
		steer bind --batch - <<<$'tcp any:1 drop\nxyz any:1 drop'
	says 3 "<stdin>:3:1: error: duplicate: tcp any:8: bound twice here, first in line 1: tcp any:8 drop" \
		steer bind --batch - <<-'END'
			tcp any:8 drop
			tcp any:7 pass
			tcp any:8 pass
		END
	run steer bind --batch - <<<$'tcp any:8 drop\ntcp any:7 pass\ntcp any:8 pass'
	same "portsteer: <stdin>:3:1: error: duplicate: tcp any:8: bound twice here, first in line 1: tcp any:8 drop
portsteer: <stdin>:2:1: duplicate: tcp any:7: already bound: tcp any:7 drop; --replace changes it; nothing was changed" "$output"
	same 'tcp any:7 drop' "$(table)"
}

@test "odd files: empty, no newline at the end, CRLF, NUL, a long line, not UTF-8" {
	steer -q bind --batch /dev/null
	[ ! -e "$PINS/$HOST" ] || same '' "$(table)"
	printf 'tcp any:1 drop\r\ntcp any:2 drop' >"$BATS_TEST_TMPDIR/file"
	steer -q bind --batch "$BATS_TEST_TMPDIR/file"
	same 'tcp any:1 drop; tcp any:2 drop' "$(table)"
	printf 'tcp any:3 drop\n\0tcp any:4 drop\n' >"$BATS_TEST_TMPDIR/file"
	says 2 ":2:1: a control character" steer bind --batch "$BATS_TEST_TMPDIR/file"
	printf '%1100s\n' '' >"$BATS_TEST_TMPDIR/file"
	says 2 ":1:1: a line has at most 1024 bytes" steer bind --batch "$BATS_TEST_TMPDIR/file"
	printf 'tcp any:3 drop name a\377b\n' >"$BATS_TEST_TMPDIR/file"
	says 2 ":1:22: a byte that is not UTF-8" steer bind --batch "$BATS_TEST_TMPDIR/file"
	printf 'tcp\302\240any:3 drop\n' >"$BATS_TEST_TMPDIR/file"
	says 2 ":1:1: 'tcp\xc2\xa0any:3' is one word" \
		steer bind --batch "$BATS_TEST_TMPDIR/file"
	printf '\357\273\277tcp any:1 drop\rtcp any:2 drop' >"$BATS_TEST_TMPDIR/file"
	says 0 "2 bindings exist already" steer bind --batch "$BATS_TEST_TMPDIR/file"
	same 'tcp any:1 drop; tcp any:2 drop' "$(table)"
}

@test "an address with bits beyond its prefix is masked, with a note" {
	says 0 "note: the address has bits beyond its prefix; it is bound as tcp 10.0.0.0/8:80" \
		steer bind tcp 10.1.2.3/8:80 drop
	says 0 "10.0.0.0/8:80 is already bound that way" steer bind tcp 10.9.9.9/8:80 drop
	steer unbind tcp 10.7.7.7/8:80
}

@test "what 'bindings' prints, fed back through --batch, makes the same table" {
	while IFS= read -r row; do
		if [[ $row != '#'* ]]; then
			steer -q bind --replace --batch - <<<"${row% | *}"
		fi
	done < <(grep -v '8000-8999\|1-65535' "$HERE/accept.txt")
	before=$(table)
	steer -j bindings | jq -r '.[] | .endpoint + " " + .words
		+ (if .name == "" then "" else " name " + .name end)' >"$BATS_TEST_TMPDIR/words"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/words")" -ge 15 ]
	steer flush
	steer -q bind --batch "$BATS_TEST_TMPDIR/words"
	same "$before" "$(table)"
	says 0 "bindings exist already" steer bind --batch "$BATS_TEST_TMPDIR/words"
}

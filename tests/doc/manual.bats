#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The manual pages name all that the tool knows: what they lack is a failure.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	PORTSTEER=${PORTSTEER:-build/portsteer}
	read_page doc/man/portsteer.8
}

# PAGE: as it is read, without overstriking.
read_page() {
	PAGE=$1
	TEXT=$(mandoc -T ascii -O width=200 "$PAGE" | sed 's/.\x08//g')
}

# HEADING: the text of one section.
section() {
	sed -n "/^$1\$/,/^[A-Z]/p" <<<"$TEXT"
}

commands() {
	"$PORTSTEER" -h | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'
}

# FILE ARRAY: the words in quotes of an array in C, one a line.
words_of() {
	awk -v start="$2[] = {" 'index($0, start) { on = 1 } on { print } /};/ { on = 0 }' "$1" |
		grep -o '"[^"]*"' | tr -d '"'
}

# WHAT TEXT, and words on stdin: each stands in the text as a word of its own.
has_all() {
	local what=$1 text=$2 word words=0 missing=0

	while read -r word; do
		words=$((words + 1))
		grep -qE -- "(^|[^[:alnum:]_-])$word([^[:alnum:]_-]|\$)" <<<"$text" && continue
		echo "$PAGE: $what '$word' is missing" >&2
		missing=1
	done
	if [ "$words" -eq 0 ]; then
		echo "no $what was found to look for" >&2
		return 1
	fi
	return "$missing"
}

# The options of every command, as the descriptors have them: --netns.
long_options() {
	# shellcheck disable=SC2016 # a pattern
	grep -hoP '\{ "\K[a-z-]+(?=", (NULL|"[^"]*"), (0|\x27.\x27) \})' user/cmd/*.c |
		sort -u | sed 's/^/--/'
}

@test "mandoc finds nothing wrong" {
	local page

	for page in doc/man/*.[1-9]; do
		run mandoc -T lint -W warning "$page"
		[ -z "$output" ] || {
			echo "$output" >&2
			return 1
		}
		[ "$status" -eq 0 ]
	done
}

@test "every command, in the synopsis and explained" {
	commands | has_all command "$(section SYNOPSIS)"
	commands | has_all command "$(section COMMANDS)"
}

@test "the arguments of every command, as its -h has them" {
	local command arguments text

	text=$(section SYNOPSIS)
	for command in $(commands); do
		"$PORTSTEER" "$command" -h | sed -n "1s/.*\] $command *//p" | sed 's/ | -r/\n-r/' \
			>"$BATS_TEST_TMPDIR/arguments"
		while read -r arguments; do # ways to call it
			grep -qF -- "$command${arguments:+ $arguments}" <<<"$text" || [ -z "$arguments" ] || {
				echo "$PAGE: '$command $arguments' is missing" >&2
				return 1
			}
		done <"$BATS_TEST_TMPDIR/arguments"
	done
}

@test "every long option" {
	long_options |
		has_all option "$(section OPTIONS)"
}

@test "every action" {
	words_of user/binding/binding.c ps_action_words | has_all action "$(section ACTIONS)"
}

@test "every reason with its meaning, and no other" {
	local table

	read_page doc/man/portsteer.7
	table=$(section REASONS | sed -n 's/^     \([a-z-]*\)   *\([a-z].*\)/\1: \2/p')
	words_of user/base/reason.c reasons | paste -d ":" - - | sed "s/:/: /" | grep -v "^none:" | sort |
		diff - <(sort <<<"$table") >&2
	[ "$(wc -l <<<"$table")" -gt 20 ]
}

@test "every kind of conflict with its severity and its cure, and no other" {
	read_page doc/man/portsteer.7
	"$PORTSTEER" conflicts -h | awk '
		/^  (error|warning|info) / { severity = $1; print $2 " (" severity ")" }
		/^           [a-z]/ { print $1 " (" severity ")" }' >"$BATS_TEST_TMPDIR/kinds"
	diff "$BATS_TEST_TMPDIR/kinds" \
		<(section CONFLICTS | grep -oE '^     [a-z-]+ \([a-z]+\)' | sed 's/^ *//') >&2
	words_of user/conflict/conflict.c kind_names | diff - <(sed 's/ .*//' "$BATS_TEST_TMPDIR/kinds") >&2
	same_count "$(wc -l <"$BATS_TEST_TMPDIR/kinds")" \
		"$(section CONFLICTS | tr -s ' \n' ' ' | grep -oiE 'to fix it' | wc -l)"
}

# EXPECTED ACTUAL
same_count() {
	[ "$1" = "$2" ] || {
		echo "$PAGE: $2 of $1" >&2
		return 1
	}
}

@test "every warning of attach, and no other" {
	read_page doc/man/portsteer.7
	words_of user/hook/hazard.c names >"$BATS_TEST_TMPDIR/names"
	[ -s "$BATS_TEST_TMPDIR/names" ]
	section WARNINGS | sed -nE 's/^     ([a-z-]+)( \*)?  .*/\1/p' |
		diff "$BATS_TEST_TMPDIR/names" - >&2
}

@test "the order of precedence has its five steps" {
	read_page doc/man/portsteer.7
	[ "$(section PRECEDENCE | grep -cE '^ *[0-9]\. ')" -eq 5 ]
}

@test "every JSON key" {
	jq -r '.. | .properties? | objects | keys[]' doc/schema/*.json | sort -u |
		has_all key "$(section 'JSON OUTPUT')"
}

@test "every exit status" {
	sed -n 's/.*PS_EXIT_[A-Z_]* = \([0-9]*\),.*/\1/p' user/base/error.h |
		has_all 'exit status' "$(section 'EXIT STATUS')"
}

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
# Sourced by the scripts beside it: which files there are, and TAP. Their first
# argument is the tree to look at, instead of the one that they are in.

cd "${1:-$(dirname "$0")/../..}" || exit 1
tests=0 failed=0

# The files of the tree, or those that match one of the patterns.
files() {
	if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$PWD" ]; then
		git ls-files --cached --others --exclude-standard -- "$@"
	else
		find . -path ./build -prune -o -path ./.git -prune -o -type f -print |
			sed 's|^\./||' | matching "$@"
	fi | sort -u | while read -r file; do
		[ -f "$file" ] && echo "$file"
	done
}

# The lines of standard input that match a pattern, as git has it: '*' is also for '/'.
matching() {
	local line pattern
	while read -r line; do
		[ $# = 0 ] && echo "$line"
		for pattern; do
			# shellcheck disable=SC2053 # a pattern
			[[ $line == $pattern ]] && echo "$line"
		done
	done
}

# The C of file $1 without comments and texts, each line where it was.
code() {
	perl -0777 -pe 's{"(?:\\.|[^"\\])*"|\x27(?:\\.|[^\x27\\])*\x27|/\*.*?\*/|//[^\n]*}
		{ my $is_text = $& =~ /^"/; (my $lines = $&) =~ tr/\n//cd;
		  $is_text ? "\"\"$lines" : $lines }gsex' "$1"
}

# "FILE:LINE: text" for the code that matches in the files that standard input lists.
grep_code() {
	local file
	while read -r file; do
		code "$file" | grep -nP "$1" | sed "s|^|$file:|"
	done
}

# check NAME COMMAND...: passes when the command prints nothing.
check() {
	local name=$1 found
	shift
	found=$("$@" 2>&1)
	tests=$((tests + 1))
	if [ -z "$found" ]; then
		echo "ok $tests - $name"
		return
	fi
	failed=1
	echo "not ok $tests - $name"
	printf '%s\n' "$found" | head -n 40 | sed 's/^/# /'
}

# skip NAME REASON
skip() {
	tests=$((tests + 1))
	echo "ok $tests - $1 # skip $2"
}

finish() {
	echo "1..$tests"
	exit $failed
}

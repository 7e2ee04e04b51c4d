# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
# Sourced by the scripts beside it: which files there are, and TAP. Their first
# argument is the tree to look at, instead of the one that they are in.

cd "${1:-$(dirname "$0")/../..}" || exit 1
tests=0 failed=0

# The files of the tree, each that exists.
list_files() {
	if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$PWD" ]; then
		git ls-files --cached --others --exclude-standard
	else
		find . -path ./build -prune -o -path ./.git -prune -o -type f -print | sed 's|^\./||'
	fi | sort -u | while read -r file; do
		[ -f "$file" ] && echo "$file"
	done
}

mapfile -t all_files < <(list_files)

# All files, or those that match one of the patterns, as git has it: '*' is also for '/'.
files() {
	local file pattern
	[ $# -gt 0 ] || set -- '*'
	for file in "${all_files[@]}"; do
		for pattern; do
			# shellcheck disable=SC2053 # a pattern
			[[ $file == $pattern ]] && echo "$file" && break
		done
	done
}

# "FILE:LINE:text" for what matches in the files that standard input lists: C without
# comments and texts, each line where it was.
grep_code() {
	# shellcheck disable=SC2016 # perl
	xargs -r perl -0777 -e '
		my $pattern = shift;
		for my $file (@ARGV) {
			open my $in, "<", $file or die "$file: $!\n";
			my ($code, $line) = (<$in> // "", 0);
			$code =~ s{"(?:\\.|[^"\\])*"|\x27(?:\\.|[^\x27\\])*\x27|/\*.*?\*/|//[^\n]*}
				{ my $is_text = $& =~ /^"/; (my $lines = $&) =~ tr/\n//cd;
				  $is_text ? "\"\"$lines" : $lines }gsex;
			for (split /\n/, $code) {
				$line++;
				print "$file:$line:$_\n" if /$pattern/;
			}
		}' "$1"
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

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# messages.sh [ROOT]: every error that the tool can print is expected by some
# test. An error is known by its longest piece of text between two conversions,
# which has to stand in a test. messages.txt lists those that no test expects in
# full; it may only become shorter.
set -u
allowed=${MESSAGES_TXT:-$(cd "$(dirname "$0")" && pwd)/messages.txt}
# shellcheck source=tests/lint/tap.bash
. "$(dirname "$0")/tap.bash"

# "FILE: PIECE" for each error.
messages() {
	# shellcheck disable=SC2016 # perl
	files 'user/*.c' | xargs -r perl -0777 -ne '
		while (/\bps_(?:error_(?:set|at|errno)|fault_\w+)\([^"();]*(?:\([^()]*\)[^"();]*)*
			((?:"(?:\\.|[^"\\])*"\s*(?:[A-Z][A-Z0-9_]*\s*)?)+)/gx) {
			my $longest = "";
			(my $text = $1) =~ s/"\s*(?:[A-Z][A-Z0-9_]*\s*)?"|"\s*[A-Z][A-Z0-9_]*/$& =~ m{[A-Z]} ? "%s" : ""/gse;
			$text =~ s/^"|"\s*$//g;
			for (split /%[-+ #0-9.*]*[hlz]*[a-zA-Z]/, $text) {
				$longest = $_ if length > length $longest;
			}
			$longest =~ s/\\(.)/$1/g;
			$longest =~ s/^\s+|\s+$//g;
			print "$ARGV: $longest\n" if length $longest > 7;
		}' | sort -u
}

# Texts in C as they read when they are printed: strings joined, quotes without '\'.
expectations() {
	files 'tests/cli/*' 'tests/e2e/*' 'tests/doc/*' | xargs -r cat
	# shellcheck disable=SC2016 # perl
	files 'tests/unit/*' 'tests/prog/*' |
		xargs -r perl -0777 -pe 's/(?<!\\)"\s*\n\s*"//g; s/\\(["\\])/$1/g'
}

untested() {
	# shellcheck disable=SC2016 # perl
	perl -e '
		local $/;
		open my $in, "<", shift or die;
		my $tests = <$in>;
		$/ = "\n";
		while (<STDIN>) {
			/: (.*)/;
			print if index($tests, $1) < 0;
		}' "$work/tests" <"$work/messages"
}

unexpected() {
	sed 's/^[^:]*: //' "$work/untested" | grep -vxFf "$allowed"
}

needless() {
	grep -vxFf <(sed 's/^[^:]*: //' "$work/untested") "$allowed"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
expectations >"$work/tests"
messages >"$work/messages"
untested >"$work/untested"
echo "# $(wc -l <"$work/messages") errors, $(wc -l <"$work/untested") that no test expects"
check "every error is expected by a test" unexpected
needless | sed 's/^/# no longer needed in messages.txt: /'
finish

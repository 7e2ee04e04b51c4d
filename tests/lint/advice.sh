#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# advice.sh [ROOT]: commands that the tool prints are made by user/base/advice.c, which
# quotes their words and adds -n, and stand in no other text. Help may have them.
set -u
# shellcheck source=tests/lint/tap.bash
. "$(dirname "$0")/tap.bash"

# Texts of the C files given, joined as the compiler does, that hold a command and are
# not given to ps_advice*(); a name of another program alone is none.
commands() {
	# shellcheck disable=SC2016 # perl
	xargs -r perl -0777 -ne '
		s{/\*.*?\*/|//[^\n]*}{}gs;
		s{\.(?:details|summary|arguments)\s*=\s*(?:"(?:\\.|[^"\\])*"\s*|[A-Z][A-Z0-9_]*\s*)+}{}g;
		(my $own = $ENV{words}) =~ s/\s+/|/g;
		while (/((?:"(?:\\.|[^"\\])*"\s*(?:PRI\w+\s*|[A-Z][A-Z0-9_]*\s*(?="))?)+)/g) {
			my ($text, $before) = ($1, substr($_, 0, $-[1]));
			next if $before =~ /\bps_advice\w*\((?:[^();]|\([^()]*\))*$/;
			$text =~ s/"\s*(?:PRI\w+|[A-Z][A-Z0-9_]*)?\s*"?//g;
			print "$ARGV: $text\n" if $text =~ /\bportsteer (?:-n|-h|%s(?!,)|(?:$own)\b)/ ||
				$text =~ /\b(?:ip (?:-n|netns exec(?!\x27)|link set)|ethtool -[a-zA-Z]|nsenter (?:-|%)|sysctl -w|mount -[ot]|rm -r|ls -l|kill -|systemctl [a-z]) ?/;
		}'
}

elsewhere() {
	words=$(files 'user/cmd/*.c' | xargs -r sed -n 's/^PS_COMMAND(\(.*\)) = {$/\1/p' | xargs)
	export words
	files 'user/*.[ch]' | grep -vE '^user/(base/advice\.[ch]|cmd/help\.c)$' | commands
}

check "commands that are printed are made by advice.c" elsewhere
finish

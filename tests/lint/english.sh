#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# english.sh [ROOT]: what users read (texts of the tool, pages, README, changes, schemas) is
# plain technical English: none of the phrases of english.txt, across lines too; and no
# quotes within quotes in the pages, which an open .Ql makes.
set -u
list=$(cd "$(dirname "$0")" && pwd)/english.txt
# shellcheck source=tests/lint/tap.bash
. "$(dirname "$0")/tap.bash"

# "FILE<TAB>TEXT" of the texts in C that may be printed: strings joined, no comments, no includes.
texts() {
	# shellcheck disable=SC2016 # perl
	files 'user/*.[ch]' | xargs -r perl -0777 -ne '
		s{/\*.*?\*/|//[^\n]*|^\s*#\s*include[^\n]*}{}gsm;
		while (/((?:"(?:\\.|[^"\\])*"\s*(?:PRI\w+\s*|[A-Z][A-Z0-9_]*\s*(?="))?)+)/g) {
			my $text = $1;
			$text =~ s/"\s*(?:PRI\w+|[A-Z][A-Z0-9_]*)?\s*"?//g;
			$text =~ s/\\[nt]|\s+/ /g;
			print "$ARGV\t$text\n";
		}'
}

# A manual page as it is read, in lines that are not broken.
page() {
	mandoc -T utf8 -O width=200 "$1" | sed 's/.\x08//g'
}

# The same of documents, each in one line.
documents() {
	local file
	files 'doc/man/*.[1-9]' | while read -r file; do
		printf '%s\t%s\n' "$file" "$(page "$file" | tr -s ' \n\t' ' ')"
	done
	files README.md CHANGELOG.md 'doc/schema/*.json' 'doc/*.schema.json' 'doc/examples/*' \
		'systemd/*' debian/control | while read -r file; do
		printf '%s\t%s\n' "$file" "$(tr -s ' \n\t' ' ' <"$file")"
	done
}

phrases() {
	# shellcheck disable=SC2016 # perl
	{ texts && documents; } | perl -e '
		open my $list, "<", shift or die;
		my @rules = map { chomp; /^#/ ? () : [/^(.*)\|(.*)$/] } <$list>;
		while (my $line = <STDIN>) {
			my ($file, $text) = split /\t/, $line, 2;
			for my $rule (@rules) {
				print "$file: \"...$1$2$3...\": write $rule->[1]\n"
					while $text =~ /(.{0,20})($rule->[0])(.{0,20})/gi;
			}
		}' "$list"
}

nested() {
	local file
	files 'doc/man/*.[1-9]' | while read -r file; do
		# shellcheck disable=SC2016 # perl
		page "$file" | file=$file perl -CS -ne '
			print "$ENV{file}: $_" if /\x{2018}[^\x{2019}]*\x{2018}|\x{2019}\x{2019}/'
	done
}

check "phrases of english.txt are not used" phrases
check "the pages have no quotes within quotes" nested
finish

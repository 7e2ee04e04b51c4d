#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# sizes.sh [ROOT]: how long files and functions are, what they are called, what
# they begin with.
set -u
# shellcheck source=tests/lint/tap.bash
. "$(dirname "$0")/tap.bash"

file_max=400 lint_max=150 function_max=60 median_max=12
licence='SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause'

long_files() {
	files '*.c' '*.h' '*.sh' '*.bash' '*.bats' '*.py' '*Makefile' 'tests/run' | xargs -r awk \
		-v file_max="$file_max" -v lint_max="$lint_max" '
		{ lines[FILENAME] = FNR }
		END {
			for (file in lines) {
				max = file ~ /^tests\/lint\/.*\.sh$/ ? lint_max : file_max
				if (lines[file] > max)
					print file " has " lines[file] " lines, at most " max
			}
		}'
}

# "LINES FILE:LINE" of every function in the files that match: what is between its braces.
functions() {
	files "$@" | xargs -r awk 'FNR == 1 { start = 0 }
		/^\{$/ { start = FNR }
		/^\}$/ && start { print FNR - start - 1, FILENAME ":" start - 1; start = 0 }'
}

long_functions() {
	functions '*.c' '*.h' |
		awk -v max="$function_max" '$1 > max { print $2 " has " $1 " lines, at most " max }'
}

# "COUNT MEDIAN LONGEST WHERE" of the functions in user/ and bpf/.
measure() {
	functions 'user/*.[ch]' 'bpf/*' | sort -n |
		awk '{ length_of[NR] = $1; where = $2 }
			END { print NR, length_of[int((NR + 1) / 2)] + 0, length_of[NR] + 0, where }'
}

high_median() {
	[ "$median" -le "$median_max" ] || echo "the median is $median lines, at most $median_max"
}

gotos() {
	files 'user/*.[ch]' 'bpf/*' | grep_code '\bgoto\b'
}

vague_names() {
	files | grep -iE '(^|/)[^/]*(util|common|helper|misc)[^/]*$'
}

# Data, prose and what is not ours to mark have none.
without_licence() {
	# shellcheck disable=SC2016 # perl
	files | grep -vE '\.(md|txt|json|png|pcap|golden|out|err)$|(^|/)(LICENSE.*|\.gitignore)$|/golden/|^debian/(changelog|control|copyright|source/format|portsteer\.(docs|lintian-overrides))$' |
		licence=$licence xargs -r perl -e '
			for my $file (@ARGV) {
				open my $in, "<", $file or die "$file: $!\n";
				my $head = (<$in> // "") . (<$in> // "");
				print "$file\n" if index($head, $ENV{licence}) < 0;
			}'
}

read -r count median longest where < <(measure)
echo "# $count functions in user/ and bpf/: median $median lines, longest $longest ($where)"
check "files have at most $file_max lines" long_files
check "functions have at most $function_max lines" long_functions
check "half of the functions have at most $median_max lines" high_median
check "there is no goto" gotos
check "file names say what is in them" vague_names
check "files begin with their licence" without_licence
finish

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The benchmark runs, judges every packet's verdict, and prints its rows; how fast
# they are is no test.
set -u
cd "$(dirname "$0")/../.." || exit 1
json=$(mktemp)
trap 'rm -f "$json"' EXIT
tests=0

check() {
	tests=$((tests + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
	fi
}

rows=$(build/bench/bench --quick --json "$json" 2>&1)
check $? "the quick benchmark runs to its end"
echo "# ${rows//$'\n'/$'\n'# }"
for case in floor "unbound port" "any address" exact range "one hash" "single bind"; do
	grep -qE "^$case +[0-9]* +[0-9.]+" <<<"$rows"
	check $? "there is a row '$case'"
done
jq -e 'length > 20 and all(has("case") and has("unit"))' "$json" >/dev/null
check $? "the same as JSON"
echo "1..$tests"

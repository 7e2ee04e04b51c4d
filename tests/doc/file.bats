#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# portsteer.conf(5) and the schema of the file say what the reader does.

load ../e2e/lib/net
load commands

PAGE=doc/man/portsteer.conf.5
SCHEMA=doc/portsteer.schema.json

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export NET_PIDS=() NET_MADE=() # of net_setup, for tests without it
	TEXT=$(mandoc -T ascii -O width=200 "$PAGE" | sed 's/.\x08//g')
	PYTHON=/usr/bin/python3 # Debian's, which is the one that Debian's packages are for
}

teardown() {
	doc_teardown
}

# The file that the page shows.
shown_file() {
	sed -n '/^DESCRIPTION$/,/^KEYS/s/^           //p' <<<"$TEXT"
}

# YAML on stdin, as JSON.
as_json() {
	"$PYTHON" -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)'
}

@test "mandoc finds nothing wrong" {
	run mandoc -T lint -W warning "$PAGE"
	same '0 ' "$status $output"
}

@test "the page has every key and value of the schema" {
	local word words=0

	for word in $(jq -r '.. | objects | (.properties? // {} | keys[]), (.enum? // [] | .[])' \
		"$SCHEMA" | sort -u); do
		words=$((words + 1))
		grep -qE -- "(^|[^[:alnum:]_-])$word([^[:alnum:]_-]|\$)" <<<"$TEXT" || {
			echo "$PAGE: '$word' is missing" >&2
			return 1
		}
	done
	[ "$words" -gt 15 ]
}

@test "the schema and the reader take the same files, and refuse the same" {
	"$PYTHON" tests/doc/validate.py "$SCHEMA"
	echo 'bindings: []' >"$BATS_TEST_TMPDIR/none"
	"$PYTHON" tests/doc/file.py "$SCHEMA" \
		"$PORTSTEER" apply --dry-run --from "$BATS_TEST_TMPDIR/none"
}

@test "what bindings --yaml prints fits the schema" {
	net_setup_table
	while IFS= read -r row; do
		if [[ $row != '#'* ]]; then
			steer -q bind --replace --batch - <<<"${row% | *}"
		fi
	done < <(grep -v '8000-8999\|1-65535' tests/cli/accept.txt)
	steer -q bind tcp 10.0.0.1:1 drop name 010
	steer -q bind tcp 10.0.0.1:2 redirect '#x' name $'\e[31m"'
	steer bindings --yaml | as_json >"$BATS_TEST_TMPDIR/table"
	[ "$(jq '.bindings | length' "$BATS_TEST_TMPDIR/table")" -gt 15 ]
	"$PYTHON" tests/doc/validate.py "$SCHEMA" "$BATS_TEST_TMPDIR/table"
}

@test "the file in the page is taken by both, and its examples run" {
	doc_setup
	shown_file >"$DOC_HOME/portsteer.yaml"
	cp "$DOC_HOME/portsteer.yaml" "$BATS_TEST_TMPDIR/shown.yaml"
	as_json <"$DOC_HOME/portsteer.yaml" >"$BATS_TEST_TMPDIR/shown"
	"$PYTHON" tests/doc/validate.py "$SCHEMA" "$BATS_TEST_TMPDIR/shown"
	echo 'bindings: []' >"$DOC_HOME/old.yaml"
	doc_session "$PAGE"
	steer apply --dry-run "$BATS_TEST_TMPDIR/shown.yaml"
	same 3 "$(steer -j bindings | jq length)"
}

@test "the sample is taken by both" {
	local sample=doc/examples/portsteer.yaml

	as_json <"$sample" >"$BATS_TEST_TMPDIR/sample"
	"$PYTHON" tests/doc/validate.py "$SCHEMA" "$BATS_TEST_TMPDIR/sample"
	echo 'bindings: []' >"$BATS_TEST_TMPDIR/none"
	says 10 '+ tcp any:443 socket web' \
		"$PORTSTEER" apply --dry-run --from "$BATS_TEST_TMPDIR/none" "$sample"
}

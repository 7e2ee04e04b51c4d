#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Every command that a document prints is run, in the order of the document.

load ../e2e/lib/net
load commands

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export NET_PIDS=() NET_MADE=() # of net_setup, for tests without it
}

teardown() {
	doc_teardown
}

@test "README.md" {
	doc_setup
	doc_session README.md
}

@test "doc/architecture.md" {
	doc_setup
	doc_session doc/architecture.md
}

@test "CONTRIBUTING.md" {
	doc_setup
	doc_session CONTRIBUTING.md
}

@test "doc/portsteer.8" {
	doc_setup
	doc_session doc/man/portsteer.8
}

@test "commands are found behind prompts, in fences, over several lines" {
	cat >"$BATS_TEST_TMPDIR/a.md" <<'DOCUMENT'
portsteer in the text, and `portsteer status` too, are not run

    portsteer status
    # portsteer attach eth0 \
        mode generic
    # a comment about portsteer
    portsteered
    $ bpftool prog   # exit 1

```sh
make check
# portsteer bind --batch - <<END
tcp any:80 'a\b'
END
echo portsteer
```
DOCUMENT
	same "0	portsteer status
0	portsteer attach eth0 mode generic
1	bpftool prog   # exit 1
0	make check
0	portsteer bind --batch - <<END\\ntcp any:80 'a\\\\b'\\nEND" \
		"$(doc_blocks "$BATS_TEST_TMPDIR/a.md" | doc_commands)"
}

@test "a document that is wrong fails" {
	local line

	doc_setup
	for line in 'portsteer status' 'make no-such-target' 'portsteer attach eth7' \
		'bpftool no-such-word' 'portsteer version # exit 3' 'no command'; do
		printf '    %s\n' "$line" >"$BATS_TEST_TMPDIR/b.md"
		run doc_session "$BATS_TEST_TMPDIR/b.md"
		[ "$status" -eq 1 ] || {
			echo "'$line' was accepted: $output" >&2
			return 1
		}
	done
}

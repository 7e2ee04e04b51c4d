#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the README tells a newcomer to run first: the demo, also after one that was
# killed, and the installation.

DEMO=$BATS_TEST_DIRNAME/../demo.sh

left_over() {
	ip netns list | grep '^psdemo-'
	ls -d /sys/fs/bpf/portsteer/v2/psdemo-* 2>/dev/null
}

demo_works() {
	run timeout 300 "$DEMO"
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *"All of it was as it should be"* ]]
	[ -z "$(left_over)" ]
}

@test "the demo works, twice in a row, and leaves nothing behind" {
	demo_works
	demo_works
}

@test "the demo works after one that was killed half way" {
	"$DEMO" >"$BATS_TEST_TMPDIR/first" 2>&1 3>&- &
	local pid=$! tries=1000
	until grep -q '^== Count' "$BATS_TEST_TMPDIR/first"; do
		((tries-- > 0)) || return 1
		sleep 0.1
	done
	kill -KILL "$pid"
	wait "$pid" || [ $? = 137 ]
	[ -n "$(left_over)" ]
	demo_works
}

@test "make install puts tool, manual and completion below DESTDIR, uninstall takes them away" {
	make -C "$BATS_TEST_DIRNAME/../.." -s install DESTDIR="$BATS_TEST_TMPDIR" PREFIX=/usr
	"$BATS_TEST_TMPDIR/usr/sbin/portsteer" version
	[ -s "$BATS_TEST_TMPDIR/usr/share/man/man8/portsteer.8" ]
	[ -s "$BATS_TEST_TMPDIR/usr/share/bash-completion/completions/portsteer" ]
	[ -s "$BATS_TEST_TMPDIR/usr/share/portsteer/schema/status.json" ]
	[ -s "$BATS_TEST_TMPDIR/usr/share/doc/portsteer/examples/portsteer.yaml" ]
	make -C "$BATS_TEST_DIRNAME/../.." -s uninstall DESTDIR="$BATS_TEST_TMPDIR" PREFIX=/usr
	[ -z "$(find "$BATS_TEST_TMPDIR/usr" -type f)" ]
}

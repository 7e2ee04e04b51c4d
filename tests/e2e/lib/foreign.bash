# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
#
# Programs of somebody else, pinned in $FOREIGN, for tests that live beside
# them. foreign_setup behind net_setup, foreign_teardown before net_teardown.

foreign_setup() {
	FOREIGN=/sys/fs/bpf/$NET-foreign
	mkdir "$FOREIGN"
}

foreign_teardown() {
	[ -z "${FOREIGN:-}" ] || rm -rf "$FOREIGN"
}

# NAME xdp|tc|sk_lookup VERDICT: a program that does nothing else, at $FOREIGN/NAME. The
# dispatcher takes only what has the right type of argument.
foreign_program() {
	local context=xdp_md

	[ "$2" != tc ] || context=__sk_buff
	[ "$2" != sk_lookup ] || context=bpf_sk_lookup
	printf '%s\n' '#include <linux/bpf.h>' "__attribute__((section(\"$2\"), used))" \
		"int $1(struct $context *context) { return $3; }" \
		'char _license[] __attribute__((section("license"), used)) = "GPL";' \
		>"$BATS_TEST_TMPDIR/$1.c"
	clang -O2 -g -target bpf -I"/usr/include/$(gcc -print-multiarch)" \
		-c "$BATS_TEST_TMPDIR/$1.c" -o "$BATS_TEST_TMPDIR/$1.o"
	bpftool prog load "$BATS_TEST_TMPDIR/$1.o" "$FOREIGN/$1"
}

# NAME: the id of that program.
foreign_id() {
	bpftool -j prog show pinned "$FOREIGN/$1" | jq .id
}

# NAME DEV xdp|tcx-ingress|tcx-egress, or NAME netns sk-lookup: by a pinned link, in the host's namespace.
foreign_link() {
	net_in "$HOST" "${BASH_SOURCE[0]%/*}/link.py" "$FOREIGN/$1" "$2" "$3" \
		"$FOREIGN/$1-link"
}

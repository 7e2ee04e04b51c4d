#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Beside two programs of somebody else that libxdp's dispatcher chains. The
# second drops what is for TCP port 82, so that one sees whether it still runs.

load ../lib/net

setup() {
	net_setup
	make_program first 'return XDP_PASS;'
	make_program second '
		unsigned char *data = (void *)(long)context->data;
		if (data + 38 > (unsigned char *)(long)context->data_end)
			return XDP_PASS;
		return data[12] == 8 && data[23] == 6 && data[36] == 0 && data[37] == 82 ?
			XDP_DROP : XDP_PASS;'
	if ! net_in "$HOST" xdp-loader load eth0 \
		"$BATS_TEST_TMPDIR/first.o" "$BATS_TEST_TMPDIR/second.o"; then
		skip "this kernel does not let libxdp chain programs"
	fi
	chain=$(programs)
	net_web "$HOST" host 80 81 82
}

teardown() {
	if [ -n "$(programs)" ]; then
		net_in "$HOST" xdp-loader unload eth0 --all
	fi
	net_teardown
}

# NAME BODY: an XDP program in NAME.o
make_program() {
	printf '%s\n' '#include <linux/bpf.h>' "__attribute__((section(\"xdp\"), used))" \
		"int $1(struct xdp_md *context) { $2 }" \
		'char _license[] __attribute__((section("license"), used)) = "GPL";' \
		>"$BATS_TEST_TMPDIR/$1.c"
	clang -O2 -g -target bpf -I"/usr/include/$(gcc -print-multiarch)" \
		-c "$BATS_TEST_TMPDIR/$1.c" -o "$BATS_TEST_TMPDIR/$1.o"
}

# The dispatcher and what it holds: name, id and tag of each.
programs() {
	net_in "$HOST" xdp-loader status eth0 | sed -n 's/ *XDP_PASS *$//; /[0-9a-f]\{16\}/p'
}

# PORT: nobody answers.
is_silent() {
	run net_get "http://192.0.2.2:$1/"
	[ "$status" -eq 28 ]
}

# Both are there as before, and at work.
is_untouched() {
	same "$chain" "$(programs)"
	is_silent 82
	same host "$(net_get http://192.0.2.2:80/)"
}

@test "attach is refused and names the dispatcher; TC works beside it" {
	id=$(ip -n "$HOST" -j -d link show eth0 | jq '.[0].xdp.prog.id')
	is_untouched
	says 1 "program 'xdp_dispatcher' (id $id) is on the XDP hook of 'eth0' already" \
		steer attach eth0
	says 1 "'hook tc' works beside it" steer attach eth0 mode generic
	is_untouched
	[ ! -e "$PINS/$HOST" ]
	steer attach eth0 hook tc
	steer -q bind tcp any:81 drop
	is_silent 81
	is_untouched
	steer flush
	steer detach all
	same host "$(net_get http://192.0.2.2:81/)"
	is_untouched
}

@test "somebody else's chain grows and shrinks beside TC" {
	make_program third 'return XDP_PASS;'
	steer attach eth0 hook tc
	steer -q bind tcp any:81 drop
	net_in "$HOST" xdp-loader load eth0 "$BATS_TEST_TMPDIR/third.o"
	is_silent 81
	is_silent 82
	net_in "$HOST" xdp-loader unload eth0 --all
	same '' "$(programs)"
	is_silent 81
	same host "$(net_get http://192.0.2.2:82/)"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Beside two programs of somebody else that libxdp's dispatcher chains. The
# second drops what is for TCP port 82, so that one sees whether it still runs.

load lib/net

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

# The dispatcher, and behind it what it holds; other ids when it was made anew.
programs() {
	net_in "$HOST" xdp-loader status eth0 | sed -n 's/ *XDP_PASS *$//; /[0-9a-f]\{16\}/p'
}

# What it holds: name, id and tag of each.
members() {
	net_in "$HOST" xdp-loader status eth0 | awk '/=>/ { print $3, $4, $5 }'
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
	is_untouched
	says 3 "libxdp's dispatcher is on the XDP hook of 'eth0' with program 'first' (id " \
		steer attach eth0
	says 3 "'shared' joins them, 'hook tc' works beside them" steer attach eth0 mode generic
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

# bats test_tags=smoke
@test "attach shared joins both: each does its work, and only ours goes" {
	before=$(members)
	steer attach eth0 shared
	steer -q bind tcp any:81 drop
	same "$before" "$(members | grep -v portsteer_xdp)"
	same 3 "$(members | wc -l)"
	is_silent 81
	is_silent 82
	same host "$(net_get http://192.0.2.2:80/)"
	steer detach eth0
	same "$before" "$(members)"
	same host "$(net_get http://192.0.2.2:81/)"
	is_silent 82
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

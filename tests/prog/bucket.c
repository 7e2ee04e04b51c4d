// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * This kernel's hash has elements in the buckets that table/bucket.h foresees: a walk
 * from key to key meets bucket after bucket.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <cmocka.h>
#include "table/bucket.h"

#define KEYS 3000
#define BUCKETS 4096 /* for max_entries above half of that */

static int make_hash(__u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC | flags);
	const __u32 value = 0;
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "buckets", sizeof(struct ps_endpoint),
				sizeof(value), KEYS, &options);

	for (__u32 i = 0; fd >= 0 && i < KEYS; i++) {
		struct ps_endpoint key = { .prefix_len = 32, .family = PS_IPV4, .proto = PS_TCP };

		key.port_first = key.port_last = (__u16)(i * 7);
		memcpy(key.addr, &i, sizeof(i));
		assert_int_equal(bpf_map_update_elem(fd, &key, &value, BPF_NOEXIST), 0);
	}
	return fd;
}

/* How often a walk goes back to an earlier bucket. */
static int count_returns(int fd)
{
	struct ps_endpoint key, *from = NULL;
	__u32 last = 0;
	int met = 0, returns = 0;

	for (; !bpf_map_get_next_key(fd, from, &key); from = &key, met++) {
		__u32 bucket = ps_bucket_hash(&key) & (BUCKETS - 1);

		returns += bucket < last;
		last = bucket;
	}
	assert_int_equal(met, KEYS);
	return returns;
}

static void test_known(void **state)
{
	int fd = make_hash(BPF_F_ZERO_SEED);

	(void)state;
	if (fd < 0 && errno == EPERM)
		skip();
	assert_true(fd >= 0);
	assert_int_equal(count_returns(fd), 0);
	close(fd);
}

/* The control: so it is by that flag, and not by chance. */
static void test_not_known(void **state)
{
	int fd = make_hash(0);

	(void)state;
	assert_true(fd >= 0);
	assert_true(count_returns(fd) > KEYS / 4);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The hash against vectors of lookup3, made by another program that gives
 * 0x17770551 for "Four score and seven years ago", as lookup3.c says; and the order.
 */
#include <stdlib.h>
#include <string.h>
#include "binding/binding.h"
#include "table/bucket.h"
#include "unit.h"

static __u32 hash_of(const __u32 words[6])
{
	struct ps_endpoint endpoint;

	memcpy(&endpoint, words, sizeof(endpoint));
	return ps_bucket_hash(&endpoint);
}

static void test_vectors(void **state)
{
	const __u32 zero[6] = { 0 }, all[6] = { ~0U, ~0U, ~0U, ~0U, ~0U, ~0U };
	const __u32 numbers[6] = { 1, 2, 3, 4, 5, 6 };
	struct ps_endpoint text;

	(void)state;
	assert_int_equal(hash_of(zero), 0x3bc1a626);
	assert_int_equal(hash_of(numbers), 0xe3e36b25);
	assert_int_equal(hash_of(all), 0x088527c4);
	memcpy(&text, "Four score and seven yea", sizeof(text));
	assert_int_equal(ps_bucket_hash(&text), 0x4eaa9b13);
}

/* Of bindings, which are more than their endpoints; some twice, to see that these keep their order.
 */
static void check_order(size_t count, __u32 max_entries, __u32 mask)
{
	struct ps_binding *bindings = calloc(count ?: 1, sizeof(*bindings));
	bool *is_there = calloc(count ?: 1, sizeof(*is_there));
	__u32 *order;

	for (size_t i = 0; i < count; i++)
		bindings[i].endpoint.port_first = (__u16)(i % (count - count / 4));
	order = ps_bucket_order(&bindings->endpoint, sizeof(*bindings), count, max_entries);
	for (size_t i = 0; i < count; i++) {
		__u32 bucket = ps_bucket_hash(&bindings[order[i]].endpoint) & mask, before;

		assert_true(order[i] < count);
		assert_false(is_there[order[i]]);
		is_there[order[i]] = true;
		before = i ? ps_bucket_hash(&bindings[order[i - 1]].endpoint) & mask : 0;
		assert_true(before <= bucket);
		if (i && before == bucket)
			assert_true(order[i - 1] < order[i]);
	}
	free(order);
	free(is_there);
	free(bindings);
}

static void test_order(void **state)
{
	(void)state;
	check_order(0, 1024, 1023);
	check_order(1, 1024, 1023);
	check_order(5000, 1, 0);
	check_order(5000, 4096, 4095);
	check_order(5000, 4097, 8191);
	check_order(20000, 1000000, (1 << 20) - 1);
	check_order(20000, 16000000, (1 << 24) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

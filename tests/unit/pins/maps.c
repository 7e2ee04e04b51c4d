// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How large the maps of an instance are.
 */
#include "pins/maps.h"
#include "unit.h"

/* What the values of all arrays take, as hashes grow with what is in them. */
static __u64 bytes_of(const struct ps_table_size *size)
{
	__u64 bytes = 0;

	for (enum ps_map map = 0; map < PS_MAP_COUNT_OF; map++)
		if (ps_map_kind(map).is_array)
			bytes += (__u64)ps_map_entries(map, size) * ps_map_kind(map).value_size;
	return bytes;
}

/* 8 CPUs of 256 that are possible; what is possible alone takes nothing. */
static void test_a_million_within_a_gibibyte(void **state)
{
	struct ps_table_size size = { .capacity = 1000000, .cpu_rows = 8, .sent_rows = 8 };
	const __u64 element = 128 + 16; /* of `bindings`, and its bucket */

	(void)state;
	assert_true(bytes_of(&size) + element * size.capacity <= 1ULL << 30);
	size.carried_slots = size.argument_slots = size.capacity;
	assert_true(bytes_of(&size) + element * size.capacity <= 1ULL << 30);
}

static void test_one_element_until_needed(void **state)
{
	struct ps_table_size size = { .capacity = 16000000, .cpu_rows = 2 };

	(void)state;
	assert_int_equal(ps_map_entries(PS_MAP_COUNTERS, &size), 2 * 250000);
	assert_int_equal(ps_map_entries(PS_MAP_SENT, &size), 1);
	assert_int_equal(ps_map_entries(PS_MAP_CARRIED, &size), 1);
	assert_int_equal(ps_map_entries(PS_MAP_ARGUMENTS, &size), 1);
	size.sent_rows = 2;
	size.carried_slots = 65;
	size.argument_slots = 65;
	assert_int_equal(ps_map_entries(PS_MAP_SENT, &size), 2 * 250000);
	assert_int_equal(ps_map_entries(PS_MAP_CARRIED, &size), 2 * 2);
	assert_int_equal(ps_map_entries(PS_MAP_ARGUMENTS, &size), 65);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_million_within_a_gibibyte),
		cmocka_unit_test(test_one_element_until_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

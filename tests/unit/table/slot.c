// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Slots: the lowest free one, each once, never beyond the end.
 */
#include "table/slot.h"
#include "unit.h"

static void test_each_once(void **state)
{
	static const __u32 sizes[] = { 1, 63, 64, 65, 128, 200 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		__u64 slots[4] = { 0 };
		__u32 from = 0;

		for (__u32 slot = 0; slot < sizes[i]; slot++)
			assert_int_equal(ps_slot_take(slots, sizes[i], &from), slot);
		assert_int_equal(ps_slot_take(slots, sizes[i], &from), -1);
		assert_int_equal(ps_slot_take(slots, sizes[i], &from), -1);
		from = 0;
		assert_int_equal(ps_slot_take(slots, sizes[i], &from), -1);
		assert_int_equal(slots[sizes[i] / 64] >> sizes[i] % 64, 0);
	}
}

static void test_none(void **state)
{
	__u64 slots[1] = { 0 };
	__u32 from = 0;

	(void)state;
	assert_int_equal(ps_slot_take(slots, 0, &from), -1);
	assert_int_equal(slots[0], 0);
}

static void test_against_an_array(void **state)
{
	enum { MAX = 300 };
	__u64 slots[5] = { 0 };
	bool taken[MAX] = { false };

	(void)state;
	for (int round = 0; round < 20000; round++) {
		__u32 slot = draw(MAX), from = draw(MAX), expected = from;

		if (draw(2)) {
			(draw(2) ? ps_slot_mark : ps_slot_release)(slots, slot);
			taken[slot] = slots[slot / 64] >> slot % 64 & 1;
			continue;
		}
		while (expected < MAX && taken[expected])
			expected++;
		if (expected == MAX) {
			assert_int_equal(ps_slot_take(slots, MAX, &from), -1);
			continue;
		}
		assert_int_equal(ps_slot_take(slots, MAX, &from), expected);
		assert_int_equal(from, expected + 1);
		taken[expected] = true;
	}
}

static void test_mark_and_release(void **state)
{
	__u64 slots[2] = { 0 };

	(void)state;
	ps_slot_mark(slots, 70);
	ps_slot_mark(slots, 70);
	assert_int_equal(slots[0], 0);
	assert_int_equal(slots[1], 1 << 6);
	ps_slot_release(slots, 71);
	assert_int_equal(slots[1], 1 << 6);
	ps_slot_release(slots, 70);
	assert_int_equal(slots[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_against_an_array),
		cmocka_unit_test(test_mark_and_release),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}

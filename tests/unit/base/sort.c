// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sorting in place against qsort(3): random, few different, sorted both ways, of
 * each length about the one from which on it divides.
 */
#include "unit.h"
#include "base/sort.h"

#define ITEMS 3000

struct item {
	__u32 key;
	char rest[52]; /* must come with it */
};

static __u64 compared;

static int compare(const void *a, const void *b)
{
	const struct item *first = a, *second = b;

	compared++;
	return (first->key > second->key) - (first->key < second->key);
}

static int compare_with(const void *a, const void *b, const void *context)
{
	assert_ptr_equal(context, &compared);
	return compare(a, b);
}

static void fill(struct item *items, size_t count, __u32 different)
{
	for (size_t i = 0; i < count; i++) {
		items[i] = (struct item){ .key = draw(different) };
		snprintf(items[i].rest, sizeof(items[i].rest), "%u", items[i].key);
	}
}

static void check(struct item *items, size_t count)
{
	struct item wanted[ITEMS];

	memcpy(wanted, items, count * sizeof(*items));
	qsort(wanted, count, sizeof(*items), compare);
	ps_sort(items, count, sizeof(*items), compare_with, &compared);
	assert_memory_equal(items, wanted, count * sizeof(*items));
}

static void test_as_qsort(void **state)
{
	static const __u32 different[] = { 1, 2, 10, 1000000000 };
	struct item items[ITEMS];

	(void)state;
	for (size_t count = 0; count < 64; count++)
		for (size_t i = 0; i < COUNT_OF(different); i++) {
			fill(items, count, different[i]);
			check(items, count);
		}
	for (size_t i = 0; i < COUNT_OF(different); i++) {
		fill(items, ITEMS, different[i]);
		check(items, ITEMS);
	}
}

static void reverse(struct item *items, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct item held = items[i];

		items[i] = items[count - 1 - i];
		items[count - 1 - i] = held;
	}
}

/* What is there already is not sorted again, and no order that is usual costs its square. */
static void test_cost(void **state)
{
	struct item items[ITEMS];

	(void)state;
	fill(items, ITEMS, 1000000000);
	check(items, ITEMS);
	compared = 0;
	ps_sort(items, ITEMS, sizeof(*items), compare_with, &compared);
	assert_int_equal(compared, ITEMS - 1);
	reverse(items, ITEMS);
	compared = 0;
	ps_sort(items, ITEMS, sizeof(*items), compare_with, &compared);
	assert_true(compared < 60 * ITEMS);
	fill(items, ITEMS, 1);
	items[0].key = 2;
	compared = 0;
	ps_sort(items, ITEMS, sizeof(*items), compare_with, &compared);
	assert_true(compared < 60 * ITEMS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_qsort),
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}

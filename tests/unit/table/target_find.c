// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Redirect targets by what they say: found again, shared, given back, all taken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "table/target_find.h"
#include "unit.h"

struct table {
	struct ps_target *half;
	struct ps_target_finder finder;
};

static struct table *begin(void)
{
	struct table *table = calloc(1, sizeof(*table));

	table->half = calloc(PS_TARGETS_MAX, sizeof(*table->half));
	ps_target_finder_init(&table->finder, table->half);
	return table;
}

static void end(struct table *table)
{
	ps_target_finder_done(&table->finder);
	free(table->half);
	free(table);
}

static struct ps_target via(const char *device, __u32 address)
{
	struct ps_target target = { .hop = PS_HOP_VIA, .via_family = PS_IPV4 };

	snprintf(target.device, sizeof(target.device), "%s", device);
	memcpy(target.via, &address, sizeof(address));
	return target;
}

static void test_same_is_shared(void **state)
{
	struct ps_target one = via("eth0", 1), again = via("eth0", 1);
	struct table *table = begin();

	(void)state;
	again.ifindex = 7; /* what it was resolved to makes no other of it */
	again.state = PS_TARGET_NO_NEIGHBOUR;
	assert_int_equal(ps_target_take(&table->finder, &one), 1);
	assert_int_equal(ps_target_take(&table->finder, &again), 1);
	assert_int_equal(table->half[1].bindings, 2);
	assert_int_equal(table->half[1].ifindex, 0);
	end(table);
}

/* Each differs from the first in one thing that is said of it. */
static void test_others_are_others(void **state)
{
	struct ps_target targets[] = {
		via("eth0", 1),
		via("eth1", 1),
		via("eth0", 2),
		via("eth0", 1),
		{ .hop = PS_HOP_UNCHANGED, .device = "eth0" },
		{ .hop = PS_HOP_PEER, .device = "eth0" },
		{ .hop = PS_HOP_MAC, .device = "eth0", .dst_mac = { 2, 0, 0, 0, 0, 1 } },
		{ .hop = PS_HOP_MAC, .device = "eth0", .dst_mac = { 2, 0, 0, 0, 0, 2 } },
		{ .hop = PS_HOP_SOCKET, .socket = "eth0" },
		{ .hop = PS_HOP_SOCKET, .socket = "a-longer-name-of-a-socket" },
	};
	const int count = sizeof(targets) / sizeof(*targets);
	struct table *table = begin();

	(void)state;
	targets[3].via_family = PS_IPV6;
	for (int round = 1; round <= 2; round++)
		for (int i = 0; i < count; i++) {
			assert_int_equal(ps_target_take(&table->finder, &targets[i]), i + 1);
			assert_int_equal(table->half[i + 1].bindings, round);
		}
	end(table);
}

static void test_released_is_free(void **state)
{
	struct ps_target a = via("eth0", 1), b = via("eth0", 2), c = via("eth0", 3);
	struct table *table = begin();

	(void)state;
	ps_target_take(&table->finder, &a);
	ps_target_take(&table->finder, &b);
	ps_target_finder_done(&table->finder);
	ps_target_release(table->half, 1);
	ps_target_finder_init(&table->finder, table->half);
	assert_int_equal(ps_target_take(&table->finder, &b), 2);
	assert_int_equal(ps_target_take(&table->finder, &c), 1);
	assert_int_equal(ps_target_take(&table->finder, &a), 3);
	end(table);
}

static void test_all_taken(void **state)
{
	struct table *table = begin();
	struct ps_target target;

	(void)state;
	for (__u32 i = 1; i < PS_TARGETS_MAX; i++) {
		target = via("eth0", i);
		assert_int_equal(ps_target_take(&table->finder, &target), i);
	}
	target = via("eth0", 0);
	assert_int_equal(ps_target_take(&table->finder, &target), 0);
	assert_int_equal(ps_target_take(&table->finder, &target), 0);
	target = via("eth0", 1);
	assert_int_equal(ps_target_take(&table->finder, &target), 1);
	end(table);
}

/* A million bindings to all targets there may be: seconds of CPU for whoever walks them. */
static void test_many_uses(void **state)
{
	struct table *table = begin();
	clock_t began = clock(), limit = CLOCKS_PER_SEC;

	(void)state;
	for (__u32 i = 0; i < 1000000; i++) {
		struct ps_target target = via("eth0", i % (PS_TARGETS_MAX - 1));

		assert_true(ps_target_take(&table->finder, &target));
	}
	assert_true(clock() - began < limit);
	end(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_is_shared),	 cmocka_unit_test(test_others_are_others),
		cmocka_unit_test(test_released_is_free), cmocka_unit_test(test_all_taken),
		cmocka_unit_test(test_many_uses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

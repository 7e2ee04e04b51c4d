// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Steps in which tables get room.
 */
#include <portsteer/abi.h>
#include "pins/capacity.h"
#include "unit.h"

static void test_steps(void **state)
{
	static const struct {
		__u32 wanted, capacity;
	} rows[] = {
		{ 0, 4096 },
		{ 4096, 4096 },
		{ 4097, 16384 },
		{ 65537, 262144 },
		{ 1000000, 1048576 },
		{ 4000000, 4194304 },
		{ 4194305, PS_BINDINGS_MAX },
		{ PS_BINDINGS_MAX, PS_BINDINGS_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(ps_capacity_for(rows[i].wanted, PS_BINDINGS_MAX),
				 rows[i].capacity);
}

static void test_limit(void **state)
{
	(void)state;
	assert_int_equal(ps_capacity_for(0, 64), 64);
	assert_int_equal(ps_capacity_for(5000, 10000), 10000);
	assert_int_equal(ps_capacity_for(5000, 20000), 16384);
}

static void test_steps_of_tests(void **state)
{
	(void)state;
	setenv("PORTSTEER_STEP", "64", 1);
	assert_int_equal(ps_capacity_for(0, PS_BINDINGS_MAX), 64);
	assert_int_equal(ps_capacity_for(65, PS_BINDINGS_MAX), 128);
	assert_int_equal(ps_capacity_for(130, 150), 150);
	setenv("PORTSTEER_STEP", "many", 1);
	assert_int_equal(ps_capacity_for(65, PS_BINDINGS_MAX), 4096);
	unsetenv("PORTSTEER_STEP");
}

static void test_flows(void **state)
{
	(void)state;
	assert_int_equal(ps_flow_room_first(), 65536);
	assert_int_equal(ps_flow_room_after(65536), 262144);
	assert_int_equal(ps_flow_room_after(262144), 1048576);
	assert_int_equal(ps_flow_room_after(1048576), 1048576);
	setenv("PORTSTEER_FLOWS", "2048", 1);
	assert_int_equal(ps_flow_room_first(), 2048);
	assert_int_equal(ps_flow_room_after(8192), 32768);
	assert_int_equal(ps_flow_room_after(32768), 32768);
	setenv("PORTSTEER_FLOWS", "100000", 1);
	assert_int_equal(ps_flow_room_first(), 65536);
	unsetenv("PORTSTEER_FLOWS");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_steps_of_tests),
		cmocka_unit_test(test_flows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

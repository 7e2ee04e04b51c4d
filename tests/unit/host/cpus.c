// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Lists of CPUs, as the kernel writes them.
 */
#include <unistd.h>
#include "host/cpus.h"
#include "unit.h"

static void test_highest(void **state)
{
	(void)state;
	assert_int_equal(ps_cpus_highest("0\n"), 0);
	assert_int_equal(ps_cpus_highest("0-1\n"), 1);
	assert_int_equal(ps_cpus_highest("0-3,8-11\n"), 11);
	assert_int_equal(ps_cpus_highest("0,2,65535"), 65535);
	assert_int_equal(ps_cpus_highest(""), -1);
	assert_int_equal(ps_cpus_highest("\n"), -1);
	assert_int_equal(ps_cpus_highest("0-"), -1);
	assert_int_equal(ps_cpus_highest("0-65536"), -1);
	assert_int_equal(ps_cpus_highest("0-123456789012"), -1);
	assert_int_equal(ps_cpus_highest("all"), -1);
}

/* No fewer than are at work. */
static void test_present(void **state)
{
	(void)state;
	assert_true(ps_cpus_present() >= sysconf(_SC_NPROCESSORS_ONLN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_highest),
		cmocka_unit_test(test_present),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

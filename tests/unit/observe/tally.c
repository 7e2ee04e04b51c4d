// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Sums by binding and reason, whatever the order in which packets come.
 */
#include "observe/tally.h"
#include "unit.h"

static struct ps_tally_row row_of(__u16 port, enum ps_reason reason)
{
	struct ps_tally_row row = { .reason = reason };

	if (port) {
		row.endpoint = endpoint_of("tcp any:1");
		row.endpoint.port_first = row.endpoint.port_last = port;
	}
	return row;
}

static void test_sums(void **state)
{
	struct ps_tally tally = {};

	(void)state;
	for (__u16 i = 0; i < 3000; i++)
		for (__u16 port = i % 1000; port < 1000; port++) {
			struct ps_tally_row row =
				row_of(port, port % 2 ? PS_REASON_DROP : PS_REASON_PASS);

			ps_tally_add(&tally, &row);
		}
	ps_tally_sort(&tally);
	assert_int_equal(tally.count, 1000);
	assert_int_equal(tally.packets, 3 * 1000 * 1001 / 2);
	for (size_t i = 0; i < tally.count; i++) {
		assert_int_equal(tally.row[i].packets, 3 * (1000 - i));
		assert_int_equal(tally.row[i].endpoint.port_first, 999 - i);
	}
	ps_tally_done(&tally);
}

static void test_same_binding_other_reason(void **state)
{
	struct ps_tally_row drop = row_of(5, PS_REASON_DROP), pass = row_of(5, PS_REASON_PASS);
	struct ps_tally tally = {};

	(void)state;
	ps_tally_sort(&tally); /* nothing */
	ps_tally_add(&tally, &drop);
	ps_tally_add(&tally, &pass);
	ps_tally_add(&tally, &pass);
	ps_tally_sort(&tally);
	assert_int_equal(tally.count, 2);
	assert_int_equal(tally.row[0].reason, PS_REASON_PASS);
	assert_int_equal(tally.row[1].packets, 1);
	ps_tally_done(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_same_binding_other_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

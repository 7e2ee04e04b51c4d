// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Numbers that are typed.
 */
#include <limits.h>
#include "base/number.h"
#include "unit.h"

static const struct {
	const char *text;
	long max, value;
} rows[] = {
	{ "0", 0, 0 },
	{ "7", 7, 7 },
	{ "8", 7, -1 },
	{ "65535", 65535, 65535 },
	{ "", 9, -1 },
	{ " 5", 9, -1 },
	{ "+5", 9, -1 },
	{ "-5", 9, -1 },
	{ "5 ", 9, -1 },
	{ "05", 9, -1 },
	{ "00", 9, -1 },
	{ "0x5", 9, -1 },
	{ "5\n", 9, -1 },
	{ "\t5", 9, -1 },
	{ "1e3", 9, -1 },
	{ "9223372036854775807", LONG_MAX, LONG_MAX },
	{ "9223372036854775808", LONG_MAX, -1 },
	{ "99999999999999999999", LONG_MAX, -1 },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (ps_number_parse(rows[i].text, rows[i].max) != rows[i].value)
			fail_msg("'%s' up to %ld", rows[i].text, rows[i].max);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

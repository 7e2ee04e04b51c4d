// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Numbers with units: three digits, cut and never rounded up.
 */
#include "unit.h"
#include "base/number.h"
#include "base/units.h"

static const struct {
	__u64 number;
	const char *text;
} rows[] = {
	{ 0, "0" },
	{ 9, "9" },
	{ 999, "999" },
	{ 1000, "1.00K" },
	{ 1009, "1.00K" },
	{ 1234, "1.23K" },
	{ 9999, "9.99K" },
	{ 10000, "10.0K" },
	{ 12345, "12.3K" },
	{ 99999, "99.9K" },
	{ 100000, "100K" },
	{ 999999, "999K" },
	{ 1000000, "1.00M" },
	{ 12345678, "12.3M" },
	{ 5000000000ULL, "5.00G" },
	{ 5060000000000ULL, "5.06T" },
	{ 999999999999999999ULL, "999P" },
	{ 1000000000000000000ULL, "1.00E" },
	{ 18446744073709551615ULL, "18.4E" },
};

static void test_units(void **state)
{
	char text[PS_UNITS_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_string_equal(ps_units_format(rows[i].number, text), rows[i].text);
}

static void test_all_digits(void **state)
{
	char text[PS_NUMBER_TEXT], wanted[32];

	(void)state;
	assert_string_equal(ps_number_format(0, text), "0");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		snprintf(wanted, sizeof(wanted), "%llu", (unsigned long long)rows[i].number);
		assert_string_equal(ps_number_format(rows[i].number, text), wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_all_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

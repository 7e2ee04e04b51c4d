// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Characters and bytes: what is UTF-8, what is not to be seen, where texts are cut.
 */
#include "base/error.h"
#include "base/utf8.h"
#include "unit.h"

static const struct {
	const char *text;
	long character;
	int length;
} rows[] = {
	{ "a", 'a', 1 },
	{ "\x7f", 0x7f, 1 },
	{ "\xc2\x80", 0x80, 2 },
	{ "\xc2\x9b", 0x9b, 2 },
	{ "\xdf\xbf", 0x7ff, 2 },
	{ "\xe0\xa0\x80", 0x800, 3 },
	{ "\xef\xbf\xbf", 0xffff, 3 },
	{ "\xf0\x90\x80\x80", 0x10000, 4 },
	{ "\xf4\x8f\xbf\xbf", 0x10ffff, 4 },
	{ "\x80", PS_NO_CHARACTER, 1 },
	{ "\x9b", PS_NO_CHARACTER, 1 },
	{ "\xc0\x80", PS_NO_CHARACTER, 1 }, /* longer than need be */
	{ "\xc1\xbf", PS_NO_CHARACTER, 1 },
	{ "\xe0\x9f\xbf", PS_NO_CHARACTER, 1 },
	{ "\xf0\x8f\xbf\xbf", PS_NO_CHARACTER, 1 },
	{ "\xed\xa0\x80", PS_NO_CHARACTER, 1 }, /* a surrogate */
	{ "\xf4\x90\x80\x80", PS_NO_CHARACTER, 1 },
	{ "\xf5\x80\x80\x80", PS_NO_CHARACTER, 1 },
	{ "\xff", PS_NO_CHARACTER, 1 },
	{ "\xc3", PS_NO_CHARACTER, 1 }, /* cut off */
	{ "\xe2\x80", PS_NO_CHARACTER, 1 },
	{ "\xe2\x80z", PS_NO_CHARACTER, 1 },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int length = 0;

		print_message("# row %zu\n", i);
		assert_int_equal(ps_utf8_next(rows[i].text, &length), rows[i].character);
		assert_int_equal(length, rows[i].length);
		assert_int_equal(ps_utf8_is_valid(rows[i].text),
				 rows[i].character != PS_NO_CHARACTER);
	}
}

static void test_hidden(void **state)
{
	static const long hidden[] = { 1,      0x1f,   0x7f,   0x80,   0x9f,   0x200b,
				       0x2028, 0x202e, 0x2066, 0xfeff, 0xfffe, 0xa0,
				       0xad,   0x1680, 0x2003, 0x202f, 0x205f, 0x3000 };
	static const long shown[] = { 'a', ' ', '~', 0xe9, 0x2010, 0x2030, 0x1f427 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(hidden); i++)
		assert_true(ps_utf8_is_hidden(hidden[i]));
	for (size_t i = 0; i < COUNT_OF(shown); i++)
		assert_false(ps_utf8_is_hidden(shown[i]));
}

/* Eight times U+00E9 as the kernel keeps it for a process, and names that are no such thing. */
static void test_trim(void **state)
{
	static const struct {
		const char *text, *trimmed;
	} cuts[] = {
		{ "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3",
		  "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9" },
		{ "thirteen-byte\xe2\x80", "thirteen-byte" },
		{ "twelve-bytes\xf0\x9f\x90", "twelve-bytes" },
		{ "twelve-bytes\xe2\x80\xa8", "twelve-bytes\xe2\x80\xa8" },
		{ "fourteen-bytes\xff", "fourteen-bytes\xff" },
		{ "short\xc3", "short\xc3" }, /* nobody cut it */
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cuts); i++) {
		char text[32];

		strcpy(text, cuts[i].text);
		ps_utf8_trim(text, PS_COMMAND_CUT);
		assert_string_equal(text, cuts[i].trimmed);
	}
}

static void test_long(void **state)
{
	char text[12];

	(void)state;
	ps_utf8_print(text, sizeof(text), "%s", "elevenbytes");
	assert_string_equal(text, "elevenbytes");
	ps_utf8_print(text, sizeof(text), "%s", "twelve-bytes");
	assert_string_equal(text, "twelve-b...");
	ps_utf8_print(text, sizeof(text), "%s", "seven77\xc3\xa9\xc3\xa9\xc3\xa9");
	assert_string_equal(text, "seven77...");
	ps_utf8_print(text, 3, "%s", "short");
	assert_string_equal(text, "sh");
}

static void test_long_error(void **state)
{
	char given[3001] = "";
	struct ps_error error;

	(void)state;
	for (int i = 0; i < 1500; i++)
		strcat(given, "\xc3\xa9");
	ps_error_set(&error, PS_EXIT_USAGE, "'%s' is wrong", given);
	assert_true(ps_utf8_is_valid(error.text));
	assert_uint_in_range(strlen(error.text), sizeof(error.text) - 2, sizeof(error.text) - 1);
	assert_string_equal(error.text + strlen(error.text) - 5, "\xc3\xa9...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	   cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_trim),	   cmocka_unit_test(test_long),
		cmocka_unit_test(test_long_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

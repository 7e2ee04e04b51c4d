// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Widths and cuts, of characters of one, two and no cells.
 */
#include <locale.h>
#include "unit.h"
#include "base/cells.h"

static const struct {
	const char *text;
	size_t width, room;
	const char *cut;
} rows[] = {
	{ "", 0, 0, "" },
	{ "drop", 4, 4, "drop" },
	{ "drop", 4, 10, "drop" },
	{ "redirect veth0", 14, 10, "redirec..." },
	{ "redirect veth0", 14, 3, "..." },
	{ "redirect veth0", 14, 2, ".." },
	{ "redirect veth0", 14, 0, "" },
	{ "caf\u00e9", 4, 4, "caf\u00e9" },
	{ "caf\u00e9caf\u00e9", 8, 7, "caf\u00e9..." },
	{ "\u6f22\u5b57\u6f22\u5b57", 8, 8, "\u6f22\u5b57\u6f22\u5b57" },
	{ "\u6f22\u5b57\u6f22\u5b57", 8, 7, "\u6f22\u5b57..." },
	{ "\u6f22\u5b57\u6f22\u5b57", 8, 6, "\u6f22..." }, /* half of one is none of it */
	{ "e\u0301e\u0301e\u0301e\u0301e\u0301", 5, 4, "e\u0301..." },
	{ "\xff\xff", 2, 2, "\xff\xff" },
};

static void test_cut(void **state)
{
	char text[64];

	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(ps_cells_width(rows[i].text), rows[i].width);
		strcpy(text, rows[i].text);
		assert_string_equal(ps_cells_cut(text, rows[i].room), rows[i].cut);
	}
}

static void check_fit(const struct ps_cells_column *given, size_t room, const size_t *wanted)
{
	struct ps_cells_column columns[4];

	memcpy(columns, given, sizeof(columns));
	ps_cells_fit(columns, 4, room);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(columns[i].width, wanted[i]);
}

/* The widest gives first, none less than its least, and those without never. */
static void test_fit(void **state)
{
	static const struct ps_cells_column given[4] = {
		{ 40, 0 }, { 30, 10 }, { 20, 8 }, { 10, 0 }
	};

	(void)state;
	check_fit(given, 200, (const size_t[]){ 40, 30, 20, 10 });
	check_fit(given, 103, (const size_t[]){ 40, 30, 20, 10 });
	check_fit(given, 100, (const size_t[]){ 40, 27, 20, 10 });
	check_fit(given, 83, (const size_t[]){ 40, 15, 15, 10 });
	check_fit(given, 71, (const size_t[]){ 40, 10, 8, 10 });
	check_fit(given, 20, (const size_t[]){ 40, 10, 8, 10 });
	ps_cells_fit(NULL, 0, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

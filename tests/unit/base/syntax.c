// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a syntax wants behind some words.
 */
#include "base/syntax.h"
#include "unit.h"

static const struct ps_syntax_part parts[] = {
	{ "ACTION", "drop | send TARGET [or pass|drop]" },
	{ "TARGET", "DEV [via ADDRESS | peer]" },
	{ NULL, NULL },
};

static const struct {
	const char *syntax, *words, *next;
} rows[] = {
	{ "", "", "" },
	{ "", "x", "" },
	{ "DEV", "", "DEV" },
	{ "DEV", "eth0", "" },
	{ "DEV|all", "", "DEV all" },
	{ "on|off N", "on", "N" },
	{ "on|off N", "of", "" },
	{ "DEV [hook xdp|tc] [mode native|generic]", "", "DEV" },
	{ "DEV [hook xdp|tc] [mode native|generic]", "eth0", "hook mode" },
	{ "DEV [hook xdp|tc] [mode native|generic]", "eth0 hook", "xdp tc" },
	{ "DEV [hook xdp|tc] [mode native|generic]", "eth0 hook tc", "mode" },
	{ "DEV [hook xdp|tc] [mode native|generic]", "eth0 mode native", "hook" },
	{ "DEV [hook xdp|tc] [mode native|generic]", "eth0 mode native hook xdp", "" },
	{ "DEV [hook xdp|tc] [mode native|generic]", "eth0 hook hook", "" },
	{ "PROTO PLACE | name N", "", "PROTO name" },
	{ "PROTO PLACE | name N", "tcp", "PLACE" },
	{ "PROTO PLACE | name N", "name", "PLACE N" }, /* no protocol has that name, but for us */
	{ "[a] [b] c", "", "a b c" },
	{ "[a] [b] c", "b", "a c" },
	{ "[a] [b] c", "b a", "c" },
	{ "[a [b]] c", "a", "b c" },
	{ "PLACE ACTION [name N]", "any:1", "drop send" },
	{ "PLACE ACTION [name N]", "any:1 drop", "name" },
	{ "PLACE ACTION [name N]", "any:1 send", "DEV" },
	{ "PLACE ACTION [name N]", "any:1 send e", "via peer or name" },
	{ "PLACE ACTION [name N]", "any:1 send e via", "ADDRESS" },
	{ "PLACE ACTION [name N]", "any:1 send e via 1", "or name" },
	{ "PLACE ACTION [name N]", "any:1 send e peer or", "pass drop" },
	{ "PLACE ACTION [name N]", "any:1 send e peer or pass", "name" },
	{ "PLACE ACTION [name N]", "any:1 send e peer or pass name x", "" },
};

static void add(void *text, const char *word)
{
	size_t length = strlen(text);

	snprintf((char *)text + length, 256 - length, "%s%s", length ? " " : "", word);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[256] = "", copy[256], *rest = copy;
		const struct ps_syntax syntax = { parts, add, text };
		const char *words[16];
		int count = 0;

		snprintf(copy, sizeof(copy), "%s", rows[i].words);
		while (*rows[i].words && (words[count] = strsep(&rest, " ")))
			count++;
		ps_syntax_next(&syntax, rows[i].syntax, count, words);
		print_message("# %s: %s\n", rows[i].syntax, rows[i].words);
		assert_string_equal(text, rows[i].next);
	}
}

/* Nothing is offered behind more words than there are bits, and nothing breaks. */
static void test_many_words(void **state)
{
	char text[256] = "";
	const struct ps_syntax syntax = { parts, add, text };
	const char *words[200];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		words[i] = "a";
	for (int count = 4; count < (int)COUNT_OF(words); count++)
		ps_syntax_next(&syntax, "[a] [a] [a] b", count, words);
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_many_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

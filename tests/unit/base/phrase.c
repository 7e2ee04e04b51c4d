// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Texts put together in pieces, and cut where the memory ends.
 */
#include "base/phrase.h"
#include "unit.h"

static void test_pieces(void **state)
{
	char text[12] = "before";
	struct ps_phrase phrase = ps_phrase_begin(text, sizeof(text));

	(void)state;
	assert_string_equal(text, "");
	ps_phrase_add(&phrase, "%s", "one");
	ps_phrase_add(&phrase, ", %d", 2);
	assert_string_equal(text, "one, 2");
	assert_int_equal(phrase.length, 6);
	ps_phrase_add(&phrase, "%s", ", three");
	assert_string_equal(text, "one, 2, ...");
	ps_phrase_add(&phrase, "%s", "nothing more");
	assert_string_equal(text, "one, 2, ...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Wording of errors: the valid words, the nearest one, what errno says.
 */
#include <errno.h>
#include "base/error.h"
#include "unit.h"

static const char *const words[] = { "pass", "count", "drop", "redirect", NULL };

static const struct {
	const char *given, *guess; /* NULL: none */
} guesses[] = {
	{ "pass ", "pass" },
	{ "pas", "pass" },
	{ "spas", NULL },
	{ "apss", "pass" },
	{ "ps", NULL },
	{ "dropp", "drop" },
	{ "dorp", "drop" },
	{ "DROP", "drop" },
	{ "redirct", "redirect" },
	{ "redirection", NULL },
	{ "c", NULL },
	{ "co", NULL },
	{ "cnt", NULL },
	{ "cont", "count" },
	{ "cuont", "count" },
	{ "", NULL },
	{ "forward", NULL },
	{ "pa", NULL },
	{ "drdrdrdrdrdrdrdrdrdrdrdrdrdrdrdrdrdr", NULL },
};

static void test_nearest_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(guesses); i++) {
		struct ps_error error;
		char expected[256];
		int length = snprintf(expected, sizeof(expected),
				      "unknown verb '%s'; valid: pass, count, drop, redirect",
				      guesses[i].given);

		if (guesses[i].guess)
			snprintf(expected + length, sizeof(expected) - (size_t)length,
				 "; did you mean '%s'?", guesses[i].guess);
		assert_int_equal(ps_error_unknown(&error, 4, guesses[i].given, "verb", words), -1);
		assert_string_equal(error.text, expected);
		assert_int_equal(error.word, 4);
		assert_int_equal(error.offset, 0);
		assert_int_equal(error.status, PS_EXIT_USAGE);
	}
}

/* What destroys is listed, and never what somebody surely meant; others' words are translated. */
static void test_vocabulary(void **state)
{
	static const char *const valid[] = { "pass", "drop", NULL };
	static const char *const harmful[] = { "drop", NULL };
	static const struct ps_synonym synonyms[] = { { "deny", "'drop' does that" },
						      { NULL, NULL } };
	const struct ps_vocabulary vocabulary = { "verb", valid, harmful, synonyms };
	struct ps_error error;

	(void)state;
	ps_error_unknown_in(&error, 0, "dorp", &vocabulary);
	assert_string_equal(error.text, "unknown verb 'dorp'; valid: pass, drop");
	ps_error_unknown_in(&error, 0, "pas", &vocabulary);
	assert_string_equal(error.text,
			    "unknown verb 'pas'; valid: pass, drop; did you mean 'pass'?");
	ps_error_unknown_in(&error, 2, "deny", &vocabulary);
	assert_string_equal(error.text, "unknown verb 'deny'; valid: pass, drop; 'drop' does that");
	assert_int_equal(error.word, 2);
}

/* A tie goes to the word that is listed first. */
static void test_tie(void **state)
{
	static const char *const valid[] = { "any4", "any6", NULL };
	struct ps_error error;

	(void)state;
	ps_error_unknown(&error, 0, "any5", "word", valid);
	assert_string_equal(error.text, "unknown word 'any5'; valid: any4, any6; "
					"did you mean 'any4'?");
}

static void test_fields(void **state)
{
	struct ps_error error;

	(void)state;
	memset(&error, 0x5a, sizeof(error));
	assert_int_equal(ps_error_set(&error, PS_EXIT_NOT_FOUND, "no %s", "more"), -1);
	assert_string_equal(error.text, "no more");
	assert_int_equal(error.status, PS_EXIT_NOT_FOUND);
	assert_int_equal(error.word, -1);
	assert_int_equal(error.offset, 0);
	assert_int_equal(ps_error_at(&error, 2, 7, "%d%%", 5), -1);
	assert_string_equal(error.text, "5%");
	assert_int_equal(error.status, PS_EXIT_USAGE);
	assert_int_equal(error.word, 2);
	assert_int_equal(error.offset, 7);
	assert_int_equal(ps_error_errno(&error, ENOENT, "cannot read %s", "x"), -1);
	assert_string_equal(error.text, "cannot read x: No such file or directory");
	assert_int_equal(error.status, PS_EXIT_REFUSED);
	assert_int_equal(error.word, -1);
}

static void test_long_texts_are_cut(void **state)
{
	struct ps_error error;
	char text[3000];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	ps_error_unknown(&error, 0, text, text, words);
	assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
	ps_error_errno(&error, EPERM, "%s", text);
	assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
}

/* Each has its place alone, also when the error is used again. */
static void test_place(void **state)
{
	struct ps_error error;

	(void)state;
	assert_int_equal(ps_error_at(&error, 1, 2, "wrong"), -1);
	assert_int_equal(ps_error_locate(&error, "a.yaml", 21, 5), -1);
	assert_string_equal(error.text, "a.yaml:21:5: wrong");
	assert_string_equal(error.file, "a.yaml");
	assert_int_equal(error.line, 21);
	assert_int_equal(error.column, 5);
	assert_string_equal(ps_exit_name(error.status), "usage");
	ps_error_errno(&error, 2, "cannot open %s", "b");
	assert_string_equal(error.file, "");
	assert_int_equal(error.line, 0);
	assert_string_equal(ps_exit_name(error.status), "refused");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_place),  cmocka_unit_test(test_nearest_word),
		cmocka_unit_test(test_tie),    cmocka_unit_test(test_vocabulary),
		cmocka_unit_test(test_fields), cmocka_unit_test(test_long_texts_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

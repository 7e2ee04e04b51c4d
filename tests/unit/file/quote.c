// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Quoted texts: a shell and the file's reader give back what was quoted.
 */
#include <unistd.h>
#include "base/quote_shell.h"
#include "file/file.h"
#include "file/quote.h"
#include "unit.h"

static const struct {
	const char *text, *shell, *yaml;
} rows[] = {
	{ "no-telnet", "no-telnet", "no-telnet" },
	{ "a.b_c9", "a.b_c9", "a.b_c9" },
	{ "80-web", "80-web", "80-web" },
	{ "010", "010", "\"010\"" },
	{ "1e3", "1e3", "\"1e3\"" },
	{ "Yes", "Yes", "\"Yes\"" },
	{ "-a", "'-a'", "\"-a\"" },
	{ "a b", "'a b'", "a b" },
	{ "a: b", "'a: b'", "\"a: b\"" },
	{ "a:", "a:", "\"a:\"" },
	{ "a ", "'a '", "\"a \"" },
	{ "a #b", "'a #b'", "\"a #b\"" },
	{ "it's \"\\", "$'it\\'s \"\\134'", "\"it's \\\"\\\\\"" },
	{ "\x1b[31m\t", "$'\\033[31m\\011'", "\"\\u001b[31m\\u0009\"" },
	{ "caf\xc3\xa9", "'caf\xc3\xa9'", "\"caf\xc3\xa9\"" },
	{ "\xc2\x9b\xe2\x80\xa8", "$'\\302\\233\\342\\200\\250'", "\"\\u009b\\u2028\"" },
	{ "\xf0\x9f\x90\xa7", "'\xf0\x9f\x90\xa7'", "\"\xf0\x9f\x90\xa7\"" },
	{ "\xf3\xbf\xbf\xbe", "$'\\363\\277\\277\\276'", "\"\\U000ffffe\"" },
	{ "redirect veth0 via 2001:db8::9", "'redirect veth0 via 2001:db8::9'",
	  "redirect veth0 via 2001:db8::9" },
	{ "it's", "'it'\\''s'", "\"it's\"" },
	{ "/run/netns/a,b=c@d:e%f+g", "/run/netns/a,b=c@d:e%f+g", "\"/run/netns/a,b=c@d:e%f+g\"" },
	{ "=a", "'=a'", "\"=a\"" },
	{ "", "''", "\"\"" },
	{ ";id>x;", "';id>x;'", "\";id>x;\"" },
	{ "`id`$(id)$HOME", "'`id`$(id)$HOME'", "\"`id`$(id)$HOME\"" },
	{ "a\nb", "$'a\\012b'", "\"a\\u000ab\"" },
	{ "\\x41", "$'\\134x41'", "\"\\\\x41\"" },
	{ "x\x9bq", "$'x\\233q'", NULL },
	{ "\xff\xfeq", "$'\\377\\376q'", NULL },
	{ "caf\xc3", "$'caf\\303'", NULL },
	{ "\xe2\x80\xae", "$'\\342\\200\\256'", "\"\\u202e\"" },
	{ "redirect #x", "'redirect #x'", "\"redirect #x\"" },
};

static void test_rows(void **state)
{
	char text[PS_QUOTED_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_string_equal(ps_quote_shell(rows[i].text, text), rows[i].shell);
		assert_string_equal(ps_quote_yaml(rows[i].text, text) ?: "no",
				    rows[i].yaml ?: "no");
	}
}

/* A name of at most 31 bytes of any characters. */
static void draw_name(char *name)
{
	static const char *const parts[] = {
		"a",
		"9",
		"-",
		".",
		":",
		" ",
		"#",
		"'",
		"\"",
		"\\",
		"\n",
		"\x7f",
		"\xc2\x80",
		"\xc3\xa9",
		"\xef\xbb\xbf",
		"\xf0\x9f\x90\xa7",
		"no",
		"0x1",
		"~",
		"[",
		"{",
		"&x",
	};

	*name = '\0';
	for (__u32 left = 1 + draw(7); left; left--)
		strcat(name, parts[draw(COUNT_OF(parts))]);
}

/* What the file's reader makes of it. */
static void assert_read_back(const char *name)
{
	char quoted[PS_QUOTED_TEXT];
	struct ps_diagnostics faults = {};
	FILE *stream = tmpfile();
	struct ps_error error;
	struct ps_file file;

	fprintf(stream, "bindings:\n- endpoint: tcp any:1\n  action: drop\n  name: %s\n",
		ps_quote_yaml(name, quoted));
	rewind(stream);
	if (ps_file_read(stream, &file, &faults, &error))
		fail_msg("name '%s' as %s: %s", name, quoted, faults.item[0].text);
	assert_string_equal(file.bindings.item[0].name, name);
	ps_file_done(&file);
	fclose(stream);
}

static void test_read_back(void **state)
{
	(void)state;
	for (int round = 0; round < 2000; round++) {
		char name[64];

		draw_name(name);
		if (strlen(name) < PS_NAME_SIZE)
			assert_read_back(name);
	}
}

/* What bash makes of it. */
static void assert_word(const char *name)
{
	char path[] = "/tmp/quote-XXXXXX", command[64], quoted[PS_QUOTED_TEXT], back[64] = "";
	FILE *script = fdopen(mkstemp(path), "w"), *shell;

	assert_non_null(script);
	fprintf(script, "printf %%s %s", ps_quote_shell(name, quoted));
	fclose(script);
	snprintf(command, sizeof(command), "bash %s", path);
	shell = popen(command, "r");
	assert_non_null(shell);
	back[fread(back, 1, sizeof(back) - 1, shell)] = '\0';
	pclose(shell);
	unlink(path);
	assert_string_equal(back, name);
}

static void test_shell(void **state)
{
	(void)state;
	for (int round = 0; round < 50; round++) {
		char name[64];

		draw_name(name);
		if (strlen(name) < PS_NAME_SIZE)
			assert_word(name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_shell),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}

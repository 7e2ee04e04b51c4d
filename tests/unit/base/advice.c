// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Commands that are printed: what they read like, which of them stands in a
 * text, and that a shell makes of them the words that they were made of.
 */
#include <unistd.h>
#include "base/advice.h"
#include "base/error.h"
#include "base/utf8.h"
#include "unit.h"

static void test_rows(void **state)
{
	(void)state;
	ps_advice_speak_for(NULL);
	assert_string_equal(ps_advice("flush", NULL), "portsteer flush");
	assert_string_equal(ps_advice("refresh --recover", NULL), "portsteer refresh --recover");
	assert_string_equal(ps_advice("detach", ";id>x;", NULL), "portsteer detach ';id>x;'");
	assert_string_equal(ps_advice("attach", "-x", "hook", "tc", NULL),
			    "portsteer attach -- '-x' hook tc");
	assert_string_equal(ps_advice("attach", "-x", "-y", NULL), "portsteer attach -- '-x' '-y'");
	assert_string_equal(ps_advice_for("", "detach all", NULL), "portsteer detach all");
	assert_string_equal(ps_advice_for("a b", "detach all", NULL),
			    "portsteer -n 'a b' detach all");
	assert_string_equal(ps_advice_for("/proc/71/ns/net", "flush", NULL),
			    "portsteer -n /proc/71/ns/net flush");
	assert_string_equal(ps_advice_remove("default"), "portsteer flush && portsteer detach all");
	assert_string_equal(ps_advice_remove("blue"),
			    "portsteer -n blue flush && portsteer -n blue detach all");
}

static void test_own_namespace(void **state)
{
	(void)state;
	ps_advice_speak_for("it's");
	assert_string_equal(ps_advice("flush", NULL), "portsteer -n 'it'\\''s' flush");
	assert_string_equal(ps_advice_for("", "flush", NULL), "portsteer flush");
	assert_string_equal(ps_advice_inside("", "ip netns list", NULL), "ip netns list");
	ps_advice_speak_for(NULL);
}

static void test_inside(void **state)
{
	(void)state;
	assert_string_equal(ps_advice_inside("blue", "ip link set", "a\nb", "up", NULL),
			    "ip netns exec blue ip link set $'a\\012b' up");
	assert_string_equal(ps_advice_inside("/proc/71/ns/net", "sysctl -w", "a.b=1,2-3", NULL),
			    "nsenter --net=/proc/71/ns/net sysctl -w a.b=1,2-3");
	assert_string_equal(ps_advice_inside("/tmp/a b", "ip link", NULL),
			    "nsenter --net='/tmp/a b' ip link");
}

static void test_find(void **state)
{
	struct ps_error error;

	(void)state;
	ps_advice_speak_for("blue");
	ps_advice("attach", "d1", NULL);
	assert_string_equal(ps_advice_find("nothing here"), "");
	assert_string_equal(ps_advice_find("say: portsteer -n blue attach d10"), "");
	assert_string_equal(ps_advice_find("/usr/portsteer -n blue attach d1"), "");
	assert_string_equal(ps_advice_find("'portsteer -n blue attach d1' does"),
			    "portsteer -n blue attach d1");
	ps_advice("attach", "d1", "hook", "tc", NULL);
	assert_string_equal(ps_advice_find("say: portsteer -n blue attach d1 hook tc"),
			    "portsteer -n blue attach d1 hook tc");
	ps_error_set(&error, PS_EXIT_REFUSED, "no; first: %s", ps_advice("detach", "d1", NULL));
	assert_string_equal(error.fix, "portsteer -n blue detach d1");
	ps_error_set(&error, PS_EXIT_REFUSED, "no, and nothing helps");
	assert_string_equal(error.fix, "");
	for (int i = 0; i < 2 * PS_ADVICE_KEPT; i++)
		ps_advice("flush", NULL);
	assert_string_equal(ps_advice_find("portsteer -n blue detach d1"), "");
	ps_advice_again("portsteer -n blue detach d1");
	assert_string_equal(ps_advice_find("portsteer -n blue detach d1"),
			    "portsteer -n blue detach d1");
	ps_advice_speak_for(NULL);
}

/* Any bytes that a name of an interface may have, and more. */
static void draw_word(char word[16])
{
	size_t length = 1 + draw(15);

	for (size_t i = 0; i < length; i++)
		word[i] = (char)(draw(3) ? 1 + (int)draw(255) : "'\"\\$` ;-\n!"[draw(10)]);
	word[length] = '\0';
}

/* Runs @command with a function for the tool that prints each of its words on its own. */
static size_t run_by_bash(const char *command, char *ret, size_t size)
{
	char path[] = "/tmp/advice-XXXXXX", line[64];
	FILE *script = fdopen(mkstemp(path), "w"), *shell;
	size_t length;

	assert_non_null(script);
	fprintf(script, "portsteer() { printf '%%s\\0' \"$@\"; }\n%s\n", command);
	fclose(script);
	snprintf(line, sizeof(line), "bash %s", path);
	shell = popen(line, "r");
	assert_non_null(shell);
	length = fread(ret, 1, size, shell);
	assert_int_equal(pclose(shell), 0);
	unlink(path);
	return length;
}

static void assert_words(const char *netns, const char *device)
{
	const char *const words[] = { "-n", netns, "attach", "--", device, "shared" };
	const char *command = ps_advice_for(netns, "attach", device, "shared", NULL);
	char found[128], wanted[128];
	size_t length = 0;

	assert_true(ps_utf8_is_valid(command));
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (i != 3 || *device == '-')
			length += (size_t)sprintf(wanted + length, "%s%c", words[i], '\0');
	assert_int_equal(run_by_bash(command, found, sizeof(found)), length);
	assert_memory_equal(found, wanted, length);
}

static void test_shell(void **state)
{
	(void)state;
	assert_words("blue", "-x");
	assert_words("-n", ";id>x;");
	for (int round = 0; round < 100; round++) {
		char netns[16], device[16];

		draw_word(netns);
		draw_word(device);
		assert_words(netns, device);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),   cmocka_unit_test(test_own_namespace),
		cmocka_unit_test(test_inside), cmocka_unit_test(test_find),
		cmocka_unit_test(test_shell),
	};

	return cmocka_run_group_tests(tests, seed_chance, NULL);
}

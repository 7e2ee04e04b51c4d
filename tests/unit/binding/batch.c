// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Batch files: what they may look like, and where in them a fault is.
 */
#include "binding/batch.h"
#include "unit.h"

/* Reads @length bytes of @text as the file "f"; -1 for all of a string. */
static int read_text(const char *text, int length, struct ps_bindings *bindings,
		     struct ps_error *error)
{
	FILE *file = tmpfile();
	size_t size = length < 0 ? strlen(text) : (size_t)length;
	int result;

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	rewind(file);
	result = ps_batch_read(file, "f", bindings, error);
	fclose(file);
	return result;
}

static const struct {
	const char *text;
	const char *lines; /* of the bindings in it */
} accepted[] = {
	{ "", "" },
	{ "\n", "" },
	{ "\n\n \t\n", "" },
	{ "# nothing", "" },
	{ "tcp any:1 drop", "1" },
	{ "tcp any:1 drop\n", "1" },
	{ "tcp any:1 drop\r\ntcp any:2 pass\r\n", "1 2" },
	{ "\xef\xbb\xbftcp any:1 drop\r\ntcp any:2 pass\r\n", "1 2" },
	{ "\xef\xbb\xbf", "" },
	{ "tcp any:1 drop\rtcp any:2 pass\r\r\n\n\rtcp any:3 drop", "1 2 6" },
	{ "\ttcp \t any:1  drop \n", "1" },
	{ "tcp any:1 drop # why\n#tcp any:2 drop\n  # x\ntcp any:3 drop #", "1 4" },
	{ "\n\ntcp,udp any:1 drop name a\n\nudp any:2 drop", "3 3 5" },
	{ "tcp any:1 drop name a#b\n", "1" },
};

static void test_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(accepted); i++) {
		struct ps_bindings bindings = {};
		struct ps_error error;
		char lines[64] = "";
		size_t used = 0;

		if (read_text(accepted[i].text, -1, &bindings, &error))
			fail_msg("'%s': %s", accepted[i].text, error.text);
		for (size_t j = 0; j < bindings.count; j++)
			used += (size_t)snprintf(lines + used, sizeof(lines) - used, "%s%u",
						 j ? " " : "", bindings.item[j].line);
		assert_string_equal(lines, accepted[i].lines);
		ps_bindings_done(&bindings);
	}
}

#define TWO_WORDS "an endpoint has two words, such as 'tcp 192.0.2.1:443'"
#define LONG_LINE "a line has at most 1024 bytes"
#define UTF16 "the file is UTF-16 or UTF-32; save it as UTF-8"

static const struct {
	const char *text;
	int length;
	const char *message;
} refused[] = {
	{ "tcp", -1, "f:1:1: " TWO_WORDS },
	{ "\n\n  tcp\n", -1, "f:3:3: " TWO_WORDS },
	{ "tcp any:1 drop\ntcp any:0 drop\n", -1,
	  "f:2:9: port 0 is not a valid port; for every port write 'any'" },
	{ "\r\n tcp,tcp any:1 drop\r\n", -1, "f:2:6: protocol 'tcp' is named twice" },
	{ "tcp any:1 # drop\n", -1,
	  "f:1:5: 'any:1' must be followed by an action: pass, count, drop, redirect DEV or socket "
	  "NAME" },
	{ "tcp any:1 drop extra\n", -1,
	  "f:1:16: unknown word 'extra'; valid: name, on-missing, owner" },
	{ "tcp any:1 drop\n\ttcp\t10.0.0.0/33:1\tdrop\n", -1,
	  "f:2:15: '33' is not a valid prefix length; use 0 to 32" },
	{ "tcp any:1 redirect e on-missing pass on-missing pass on-missing pass on-missing "
	  "pass on-missing pass on-missing pass rubbish\n",
	  -1, "f:1:38: a second on-missing" },
	{ "tcp any:1 drop\0name x\n", 22, "f:1:15: a control character" },
	{ "\n\n\0\n", 4, "f:3:1: a control character" },
	{ "tcp any:0 drop\n\0\n", 17,
	  "f:1:9: port 0 is not a valid port; for every port write 'any'" },
	{ "tcp any:1 drop\n \x1b[m\n", -1, "f:2:2: a control character" },
	{ "tcp any:1 drop # \xe2\x80\xa8\n", -1, "f:1:18: a control character" },
	{ "tcp any:1 drop\n\xef\xbb\xbftcp any:2 drop\n", -1,
	  "f:2:1: a byte order mark, which may be at the beginning of a file only" },
	{ "\xff\xfet\0c\0p\0", 8, "f:1:1: " UTF16 },
	{ "\xfe\xff\0t\0c\0p", 8, "f:1:1: " UTF16 },
	{ "t\0c\0p\0", 6, "f:1:2: " UTF16 },
	{ "\0t\0c\0p", 6, "f:1:1: " UTF16 },
	{ "tcp any:1 drop name \xe9t\xe9\n", -1, "f:1:21: a byte that is not UTF-8" },
	{ "# \xc3", -1, "f:1:3: the file ends within a character" },
	{ "tcp any:1 drop name \xc3\xa9 \xc3\xa9t\xc3\xa9\n", -1,
	  "f:1:23: unknown word '\xc3\xa9t\xc3\xa9'; valid: name, on-missing, owner" },
	{ "tcp any:1 drop\rtcp any:0 drop\r", -1,
	  "f:2:9: port 0 is not a valid port; for every port write 'any'" },
	{ "tcp\xc2\xa0"
	  "any:84 drop\n",
	  -1,
	  "f:1:1: 'tcp\xc2\xa0"
	  "any:84' is one word; an endpoint has two words, such as tcp 192.0.2.1:443" },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(refused); i++) {
		struct ps_bindings bindings = {};
		struct ps_error error;

		if (read_text(refused[i].text, refused[i].length, &bindings, &error) != -1)
			fail_msg("'%s' was taken", refused[i].text);
		assert_string_equal(error.text, refused[i].message);
		assert_int_equal(error.status, PS_EXIT_USAGE);
		ps_bindings_done(&bindings);
	}
}

static void test_long_lines(void **state)
{
	struct ps_bindings bindings = {};
	struct ps_error error;
	char line[2000];

	(void)state;
	memset(line, ' ', sizeof(line));
	memcpy(line, "tcp any:1 drop", 14);
	line[1023] = '\n';
	assert_int_equal(read_text(line, 1024, &bindings, &error), 0);
	assert_int_equal(bindings.count, 1);
	line[1023] = ' ';
	assert_int_equal(read_text(line, 1024, &bindings, &error), 0);
	line[1024] = '\n';
	assert_int_equal(read_text(line, 1025, &bindings, &error), 0);
	line[1024] = ' ';
	line[1025] = '\n';
	assert_int_equal(read_text(line, 1026, &bindings, &error), -1);
	assert_string_equal(error.text, "f:1:1: " LONG_LINE);
	memset(line, 'x', sizeof(line));
	assert_int_equal(read_text(line, 1900, &bindings, &error), -1);
	assert_string_equal(error.text, "f:1:1: " LONG_LINE);
	ps_bindings_done(&bindings);
}

/* Words by the hundred, each of which the message might quote. */
static void test_many_words(void **state)
{
	struct ps_bindings bindings = {};
	struct ps_error error;
	char line[1024] = "tcp any:1 redirect e";

	(void)state;
	while (strlen(line) < 1000)
		strcat(line, " name n");
	assert_int_equal(read_text(line, -1, &bindings, &error), -1);
	assert_string_equal(error.text, "f:1:34: a second name, 'n'");
	memset(line, 'y', 1000);
	line[1000] = '\0';
	memcpy(line, "tcp any:1 ", 10);
	assert_int_equal(read_text(line, -1, &bindings, &error), -1);
	assert_memory_equal(error.text, "f:1:11: unknown action 'yyyy", 28);
	assert_int_equal(bindings.count, 0);
	ps_bindings_done(&bindings);
}

static void test_too_many_bindings(void **state)
{
	struct ps_bindings bindings = {};
	struct ps_error error;

	(void)state;
	bind_text(&bindings, "tcp any:1 drop");
	bindings.count = PS_BINDINGS_MAX + 1; /* as if they had been read */
	assert_int_equal(read_text("tcp any:1 drop", -1, &bindings, &error), -1);
	assert_string_equal(error.text, "f:1:1: more than 16000000 bindings");
	ps_bindings_done(&bindings);
}

static void test_file_cannot_be_read(void **state)
{
	struct ps_bindings bindings = {};
	FILE *file = fopen("/", "r");
	struct ps_error error;

	(void)state;
	assert_non_null(file);
	assert_int_equal(ps_batch_read(file, "/", &bindings, &error), -1);
	assert_string_equal(error.text, "cannot read /: Is a directory");
	assert_int_equal(error.status, PS_EXIT_REFUSED);
	ps_bindings_done(&bindings); /* what room was made in it */
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_many_words),
		cmocka_unit_test(test_too_many_bindings),
		cmocka_unit_test(test_file_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

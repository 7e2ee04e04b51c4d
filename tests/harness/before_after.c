// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What comes before and after a command that is looked at. See before_after.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "audit.h"
#include "before_after.h"
#include "instance/open.h"
#include "leftovers.h"
#include "tool.h"

void before_run(const char *commands, int other)
{
	char *copy = strdup(commands), *rest = NULL;

	for (char *words = strtok_r(copy, ";", &rest); words; words = strtok_r(NULL, ";", &rest)) {
		static struct tool_run run;

		tool_run(words, &run);
		if (run.status && run.status != other)
			fail_msg("portsteer %s: status %d: %s", words, run.status, run.output);
	}
	free(copy);
}

static bool has_line(const char *text, const char *line, size_t length)
{
	for (; *text; text = strchrnul(text, '\n'), text += *text == '\n')
		if (!strncmp(text, line, length) && (!text[length] || text[length] == '\n'))
			return true;
	return false;
}

static void print_lines(const char *text, const char *others, char mark)
{
	for (size_t length; *text; text += length + (text[length] == '\n')) {
		length = strcspn(text, "\n");
		if (!has_line(others, text, length))
			print_message("# %c %.*s\n", mark, (int)length, text);
	}
}

void after_fail_difference(const char *when, const char *what, const char *is, const char *wanted)
{
	print_lines(is, wanted, '+');
	print_lines(wanted, is, '-');
	fail_msg("%s: %s is another", when, what);
}

void after_clear(const char *when)
{
	static char remains[8192];

	before_run("confirm;socket remove web;guard off;flush;detach all", 4);
	leftovers_list(remains, sizeof(remains));
	if (remains[0])
		after_fail_difference(when, "what flush and detach leave", remains, "");
}

void after_check_whole(const char *when)
{
	const struct ps_instance_options options = { .name = TOOL_INSTANCE, .access = PS_CHANGE };
	struct ps_instance instance;
	struct ps_error error;

	if (ps_instance_open(&options, &instance, &error)) {
		if (error.status != PS_EXIT_NOT_FOUND)
			fail_msg("%s: %s", when, error.text);
		return;
	}
	audit(&instance, when);
	ps_instance_close(&instance);
}

void before_skip_unless(const char *words)
{
	static struct tool_run run;

	tool_run(words, &run);
	if (!run.status)
		return;
	print_message("# skip: %s", run.output);
	skip();
}

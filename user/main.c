// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * portsteer: the command line. Options, then the command that is named; the
 * commands themselves are in cmd_*.c, and make themselves known (command.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/advice.h"
#include "base/notice.h"
#include "cmd/context.h"
#include "instance/object.h"

#define WAIT_SECONDS 10
#define WAIT_SECONDS_MAX 86400

static const char *const colors[] = { "auto", "always", "never", NULL };

/* https://no-color.org: present and not empty. */
static bool wants_color(void)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
	       !(terminal && !strcmp(terminal, "dumb"));
}

static int read_color(struct ps_context *context)
{
	const char *color = ps_context_value(context, "color") ?: "auto";

	for (const char *const *known = colors; *known; known++) {
		if (strcmp(color, *known))
			continue;
		context->has_color = known == colors ? wants_color() : known == colors + 1;
		return 0;
	}
	return ps_error_unknown(&context->error, -1, color, "value of --color", colors);
}

/* What every command reads from the options; also after one of them was wrong. */
static int read_globals(struct ps_context *context)
{
	long seconds = WAIT_SECONDS;

	if (ps_context_has(context, "json"))
		context->format = PS_JSON;
	if (ps_context_has(context, "pretty"))
		context->format = PS_JSON_PRETTY;
	context->is_quiet = ps_context_has(context, "quiet");
	context->report.is_verbose = ps_context_has(context, "verbose");
	if (context->error.text[0] || read_color(context) ||
	    ps_context_number(context, "wait", 0, WAIT_SECONDS_MAX, &seconds))
		return -1;
	context->apply.wait_seconds = (int)seconds;
	return 0;
}

static int enter_namespace(struct ps_context *context, const struct ps_command *command)
{
	const char *netns = ps_context_value(context, "netns");
	enum ps_entering entry = command->is_table_only ? PS_ENTER_IF_MAY : PS_ENTER;
	struct ps_whose whose;

	context->apply.is_shown = command->is_table_only;
	if (!netns)
		return 0;
	if (!strcmp(netns, PS_INSTANCE_DEFAULT))
		return ps_error_at(&context->error, -1, 0,
				   "a namespace called '%s' has no instance of its own; rename it",
				   PS_INSTANCE_DEFAULT);
	if (command->stays_outside)
		entry = PS_ENTER_BRIEFLY;
	if (ps_whose_find(netns, entry, &whose, &context->error))
		return -1;
	ps_context_mean(context, &whose);
	ps_advice_speak_for(context->apply.instance);
	return 0;
}

static int run(struct ps_context *context)
{
	const struct ps_command *command = NULL;
	bool wants_help = ps_context_has(context, "help");

	if (context->count)
		command = ps_command_expect(context->word[0], &context->error);
	if (context->count && !command)
		return -1;
	if (wants_help || (!command && !ps_context_has(context, "version"))) {
		ps_help_print(command);
		return PS_EXIT_DONE;
	}
	command = command ?: ps_command_find("version");
	context->word += !!context->count;
	context->count -= !!context->count;
	if (ps_options_check(&context->options, command, &context->error) ||
	    enter_namespace(context, command))
		return -1;
	return command->run(context);
}

static void hear_notice(void *report, const char *text)
{
	ps_report_note(report, "%s", text);
}

/* What failed is that nobody can be told of it. */
static void say_in_force(struct ps_error *error)
{
	size_t length = strlen(error->text);

	snprintf(error->text + length, sizeof(error->text) - length, "; the change is in force");
}

static void print_error(struct ps_context *context)
{
	if (context->is_in_force)
		say_in_force(&context->error);
	ps_context_print_error(context, &context->error);
	if (context->report.is_verbose && *ps_object_log())
		fputs(ps_object_log(), stderr);
}

/* What is closed is opened, so that no map or socket is taken for an output. */
static void fill_standard(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY); /* writing there fails */
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct ps_context context = { .error.status = PS_EXIT_REFUSED };
	int status = -1, first;

	fill_standard();
	setlocale(LC_CTYPE, "");
	ps_object_log_start();
	ps_context_init(&context);
	ps_notice_listen(hear_notice, &context.report);
	ps_options_read(argc, argv, &context.options, &first, &context.error);
	context.count = argc - first;
	context.word = argv + first;
	if (!read_globals(&context))
		status = run(&context);
	if (status >= 0 && (fflush(stdout) || ferror(stdout)))
		status = ps_error_errno(&context.error, errno ?: EIO, "cannot write the output");
	if (status >= 0)
		return status;
	print_error(&context);
	return context.error.status;
}

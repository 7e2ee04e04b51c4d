// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * portsteer: the command line. One table of commands is dispatch and help;
 * the commands themselves are in cmd_*.c.
 */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd.h"
#include "netns.h"
#include "object.h"

#define WAIT_SECONDS 10

static const struct ps_command *const commands[] = {
	&ps_command_attach, &ps_command_detach,	 &ps_command_bind,     &ps_command_unbind,
	&ps_command_flush,  &ps_command_refresh, &ps_command_bindings, &ps_command_conflicts,
	&ps_command_flows,  &ps_command_reasons, &ps_command_status,   &ps_command_version,
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

enum {
	OPTION_COLOR = 256,
	OPTION_WAIT,
	OPTION_REPLACE,
	OPTION_STRICT,
	OPTION_BATCH,
	OPTION_MAX_BINDINGS,
	OPTION_RECOVER,
};

static const struct option long_options[] = {
	{ "netns", required_argument, NULL, 'n' },
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "color", required_argument, NULL, OPTION_COLOR },
	{ "wait", required_argument, NULL, OPTION_WAIT },
	{ "replace", no_argument, NULL, OPTION_REPLACE },
	{ "strict", no_argument, NULL, OPTION_STRICT },
	{ "batch", required_argument, NULL, OPTION_BATCH },
	{ "max-bindings", required_argument, NULL, OPTION_MAX_BINDINGS },
	{ "recover", no_argument, NULL, OPTION_RECOVER },
	{ NULL, 0, NULL, 0 },
};

static const char global_help[] =
	"options, before or behind the command:\n"
	"  -n NETNS      in the network namespace NETNS, with a table of its own\n"
	"  -j, -p        JSON, JSON for people\n"
	"  -q, -v        say less, say more\n"
	"  --wait SECONDS\n"
	"                wait for another portsteer at most so long (10)\n"
	"  --color auto|always|never\n"
	"  -h            help, also of a command\n"
	"  -V            version\n\n"
	"exit status: 0 done, 1 refused by the system, 2 usage, 3 conflict, 4 not found,\n"
	"75 another portsteer holds the lock\n";

struct invocation {
	struct ps_context context;
	const char *netns;
	bool wants_help;
	bool wants_version;
};

static const char *option_name(unsigned int option)
{
	switch (option) {
	case PS_OPTION_REPLACE:
		return "--replace";
	case PS_OPTION_STRICT:
		return "--strict";
	case PS_OPTION_BATCH:
		return "--batch";
	case PS_OPTION_MAX_BINDINGS:
		return "--max-bindings";
	default:
		return "--recover";
	}
}

static int read_number(struct ps_context *context, const char *option, long low, long high,
		       long *ret)
{
	char *end;
	long value = strtol(optarg, &end, 10);

	if (*end || end == optarg || value < low || value > high)
		return ps_error_at(&context->error, -1, 0,
				   "%s takes a number from %ld to %ld, not '%s'", option, low, high,
				   optarg);
	*ret = value;
	return 0;
}

static int read_color(struct ps_context *context)
{
	static const char *const valid[] = { "auto", "always", "never", NULL };

	if (!strcmp(optarg, "always"))
		context->has_color = true;
	else if (!strcmp(optarg, "never"))
		context->has_color = false;
	else if (strcmp(optarg, "auto"))
		return ps_error_unknown(&context->error, -1, optarg, "value of --color", valid);
	return 0;
}

static int read_wait(struct ps_context *context)
{
	long seconds;

	if (read_number(context, "--wait", 0, 86400, &seconds))
		return -1;
	context->wait_seconds = (int)seconds;
	return 0;
}

static int read_max_bindings(struct ps_context *context)
{
	long max;

	if (read_number(context, "--max-bindings", 1, PS_BINDINGS_MAX, &max))
		return -1;
	context->max_bindings = (__u32)max;
	return 0;
}

/* Options that only some commands take. */
static int read_command_option(struct ps_context *context, int option)
{
	switch (option) {
	case OPTION_REPLACE:
		context->options |= PS_OPTION_REPLACE;
		return 0;
	case OPTION_STRICT:
		context->options |= PS_OPTION_STRICT;
		return 0;
	case OPTION_RECOVER:
		context->options |= PS_OPTION_RECOVER;
		return 0;
	case OPTION_BATCH:
		context->options |= PS_OPTION_BATCH;
		context->batch = optarg;
		return 0;
	default:
		context->options |= PS_OPTION_MAX_BINDINGS;
		return read_max_bindings(context);
	}
}

static int read_option(struct invocation *invocation, int option)
{
	struct ps_context *context = &invocation->context;

	switch (option) {
	case 'n':
		invocation->netns = optarg;
		return 0;
	case 'j':
		context->format = context->format == PS_TEXT ? PS_JSON : context->format;
		return 0;
	case 'p':
		context->format = PS_JSON_PRETTY;
		return 0;
	case 'q':
		context->is_quiet = true;
		return 0;
	case 'v':
		context->is_verbose = true;
		return 0;
	case 'h':
		invocation->wants_help = true;
		return 0;
	case 'V':
		invocation->wants_version = true;
		return 0;
	case OPTION_COLOR:
		return read_color(context);
	case OPTION_WAIT:
		return read_wait(context);
	default:
		return read_command_option(context, option);
	}
}

static int refuse_option(struct ps_context *context, char **argv, int option)
{
	const char letter[] = { '-', (char)optopt, '\0' };
	bool is_letter = optopt > 0 && optopt < OPTION_COLOR;
	const char *given = is_letter ? letter : argv[optind - 1];

	if (option == ':')
		return ps_error_at(&context->error, -1, 0, "'%s' must be followed by its value",
				   given);
	return ps_error_at(&context->error, -1, 0, "unknown option '%s'; 'portsteer -h' lists them",
			   given);
}

static int read_options(struct invocation *invocation, int argc, char **argv)
{
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":n:jpqvhV", long_options, NULL)) != -1) {
		if (option == '?' || option == ':')
			return refuse_option(&invocation->context, argv, option);
		if (read_option(invocation, option))
			return -1;
	}
	return 0;
}

static int find_command(struct ps_context *context, const char *name,
			const struct ps_command **ret_command)
{
	const char *names[COMMANDS + 1] = { NULL };

	for (size_t i = 0; i < COMMANDS; i++) {
		names[i] = commands[i]->name;
		if (strcmp(name, names[i]))
			continue;
		*ret_command = commands[i];
		return 0;
	}
	return ps_error_unknown(&context->error, -1, name, "command", names);
}

static void print_help(void)
{
	printf("usage: portsteer [OPTIONS] COMMAND ...\n\n"
	       "Steers traffic by protocol, address and port, at XDP and TC.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-12s  %s\n", commands[i]->name, commands[i]->summary);
	printf("\n%s", global_help);
}

static void print_command_help(const struct ps_command *command)
{
	printf("usage: portsteer [OPTIONS] %s %s\n\n%s: %s.\n\n%s", command->name,
	       command->arguments, command->name, command->summary, command->details);
}

static int check_options(struct ps_context *context, const struct ps_command *command)
{
	unsigned int wrong = context->options & ~command->options;

	if (!wrong)
		return 0;
	return ps_error_at(&context->error, -1, 0, "'%s' does not take %s", command->name,
			   option_name(wrong & -wrong));
}

static int enter_namespace(struct invocation *invocation, const struct ps_command *command)
{
	struct ps_context *context = &invocation->context;

	context->instance = PS_INSTANCE_DEFAULT;
	if (!invocation->netns)
		return 0;
	if (!strcmp(invocation->netns, PS_INSTANCE_DEFAULT))
		return ps_error_at(&context->error, -1, 0,
				   "a namespace called '%s' has no instance of its own; rename it",
				   PS_INSTANCE_DEFAULT);
	context->instance = invocation->netns;
	if (!ps_netns_enter(invocation->netns, &context->error))
		return 0;
	if (context->error.status == PS_EXIT_USAGE || !command->is_table_only)
		return -1;
	return ps_instance_is_there(invocation->netns) ? 0 : -1;
}

static int run(struct invocation *invocation)
{
	struct ps_context *context = &invocation->context;
	const struct ps_command *command = &ps_command_version;

	if (!context->count && !invocation->wants_version && !invocation->wants_help)
		return ps_error_at(&context->error, -1, 0,
				   "which command? 'portsteer -h' lists them");
	if (context->count && find_command(context, context->word[0], &command))
		return -1;
	if (invocation->wants_help) {
		if (context->count)
			print_command_help(command);
		else
			print_help();
		return PS_EXIT_DONE;
	}
	context->word += !!context->count;
	context->count -= !!context->count;
	if (check_options(context, command) || enter_namespace(invocation, command))
		return -1;
	return command->run(context);
}

static void print_error(const struct ps_context *context)
{
	if (context->format == PS_TEXT)
		ps_output_line(stderr, context->error.text);
	else
		ps_output_message(stderr, "error", context->error.text);
	if (context->is_verbose && *ps_object_log())
		fputs(ps_object_log(), stderr);
}

int main(int argc, char **argv)
{
	struct invocation invocation = {};
	struct ps_context *context = &invocation.context;
	int status = -1;

	setlocale(LC_CTYPE, "");
	ps_object_log_start();
	context->wait_seconds = WAIT_SECONDS;
	context->has_color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	context->error.status = PS_EXIT_REFUSED;
	if (!read_options(&invocation, argc, argv)) {
		context->count = argc - optind;
		context->word = argv + optind;
		status = run(&invocation);
	}
	if (status >= 0 && (fflush(stdout) || ferror(stdout)))
		status = ps_error_errno(&context->error, errno ?: EIO, "cannot write the output");
	if (status >= 0)
		return status;
	print_error(context);
	return context->error.status;
}

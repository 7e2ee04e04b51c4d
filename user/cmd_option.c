// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Options: those of every command are listed here, those of one command in its
 * descriptor. All are known before it is known which command it is.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "advice.h"
#include "cmd.h"
#include "memory.h"
#include "number.h"

#define LONG_ONLY 256 /* and above: the number of an option without a letter */

const struct ps_option ps_options[] = {
	{ "netns", "NETNS", 'n' },
	{ "json", NULL, 'j' },
	{ "pretty", NULL, 'p' },
	{ "quiet", NULL, 'q' },
	{ "verbose", NULL, 'v' },
	{ "wait", "SECONDS", 0 },
	{ "color", "auto|always|never", 0 },
	{ "help", NULL, 'h' },
	{ "version", NULL, 'V' },
	{},
};

/* All options, as this file and getopt_long() look at them. */
struct known {
	const struct ps_option **option;
	struct option *getopt;
	size_t count, room, getopt_room;
	char letters[64];
};

static void add_options(struct known *known, const struct ps_option *option)
{
	for (; option && option->name; option++) {
		size_t letters = strlen(known->letters);

		known->option = ps_memory_grow(known->option, known->count, &known->room,
					       sizeof(*known->option));
		known->getopt = ps_memory_grow(known->getopt, known->count + 1, &known->getopt_room,
					       sizeof(*known->getopt));
		known->option[known->count] = option;
		known->getopt[known->count] = (struct option){
			.name = option->name,
			.has_arg = option->value ? required_argument : no_argument,
			.val = option->letter ?: LONG_ONLY + (int)known->count,
		};
		known->count++;
		if (!option->letter)
			continue;
		known->letters[letters] = option->letter;
		known->letters[letters + 1] = option->value ? ':' : '\0';
		known->letters[letters + 2] = '\0';
	}
}

static struct known list_options(void)
{
	struct known known = { .letters = ":" };
	const struct ps_command *command = NULL;

	add_options(&known, ps_options);
	while ((command = ps_command_next(command)))
		add_options(&known, command->options);
	known.getopt[known.count] = (struct option){};
	return known;
}

static const struct ps_option *find_option(const struct known *known, int number)
{
	if (number >= LONG_ONLY)
		return known->option[number - LONG_ONLY];
	for (size_t i = 0; i < known->count; i++)
		if (known->option[i]->letter == number)
			return known->option[i];
	return NULL;
}

static int refuse_option(struct ps_context *context, char **argv, int option)
{
	const char letter[] = { '-', (char)optopt, '\0' };
	bool is_letter = optopt > 0 && optopt < LONG_ONLY;
	const char *given = is_letter ? letter : argv[optind - 1];

	if (option == ':')
		return ps_error_at(&context->error, -1, 0, "'%s' must be followed by its value",
				   given);
	return ps_error_at(&context->error, -1, 0, "unknown option '%s'; '%s' lists them", given,
			   ps_advice("-h", NULL));
}

static int read_all(struct ps_context *context, const struct known *known, int argc, char **argv)
{
	int number;

	opterr = 0;
	while ((number = getopt_long(argc, argv, known->letters, known->getopt, NULL)) != -1) {
		if (number == '?' || number == ':')
			return refuse_option(context, argv, number);
		if (context->given_count == PS_GIVEN_MAX)
			return ps_error_at(&context->error, -1, 0, "more than %d options",
					   PS_GIVEN_MAX);
		context->given[context->given_count++] =
			(struct ps_given){ find_option(known, number), optarg };
	}
	return 0;
}

int ps_options_read(struct ps_context *context, int argc, char **argv)
{
	struct known known = list_options();
	int failed = read_all(context, &known, argc, argv);

	free(known.option);
	free(known.getopt);
	context->count = argc - optind;
	context->word = argv + optind;
	return failed;
}

static bool takes(const struct ps_option *options, const char *name)
{
	for (; options && options->name; options++)
		if (!strcmp(options->name, name))
			return true;
	return false;
}

int ps_options_check(struct ps_context *context, const struct ps_command *command)
{
	for (int i = 0; i < context->given_count; i++) {
		const char *name = context->given[i].option->name;

		if (!takes(ps_options, name) && !takes(command->options, name))
			return ps_error_at(&context->error, -1, 0, "'%s' does not take --%s",
					   command->name, name);
	}
	return 0;
}

/* The last one of that name counts. */
static const struct ps_given *find_given(const struct ps_context *context, const char *name)
{
	for (int i = context->given_count - 1; i >= 0; i--)
		if (!strcmp(context->given[i].option->name, name))
			return &context->given[i];
	return NULL;
}

bool ps_context_has(const struct ps_context *context, const char *name)
{
	return find_given(context, name);
}

const char *ps_context_value(const struct ps_context *context, const char *name)
{
	const struct ps_given *given = find_given(context, name);

	return given ? given->value : NULL;
}

int ps_context_number(struct ps_context *context, const char *name, long low, long high, long *ret)
{
	const char *text = ps_context_value(context, name);
	long value;

	if (!text)
		return 0;
	value = ps_number_parse(text, high);
	if (value < low)
		return ps_error_at(&context->error, -1, 0,
				   "--%s takes a number from %ld to %ld, not '%s'", name, low, high,
				   text);
	*ret = value;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Options: those of every command are listed here, those of one command in its
 * descriptor. All are known before it is known which command it is.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "base/advice.h"
#include "base/memory.h"
#include "cmd/option.h"

#define LONG_ONLY 256 /* and above: the number of an option without a letter */

const struct ps_option ps_global_options[] = {
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

	add_options(&known, ps_global_options);
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

static int refuse_option(char **argv, int option, struct ps_error *error)
{
	const char letter[] = { '-', (char)optopt, '\0' };
	bool is_letter = optopt > 0 && optopt < LONG_ONLY;
	const char *given = is_letter ? letter : argv[optind - 1];

	if (option == ':')
		return ps_error_at(error, -1, 0, "'%s' must be followed by its value", given);
	return ps_error_at(error, -1, 0, "unknown option '%s'; '%s' lists them", given,
			   ps_advice("-h", NULL));
}

static int read_all(const struct known *known, int argc, char **argv, struct ps_options *options,
		    struct ps_error *error)
{
	int number;

	opterr = 0;
	while ((number = getopt_long(argc, argv, known->letters, known->getopt, NULL)) != -1) {
		if (number == '?' || number == ':')
			return refuse_option(argv, number, error);
		if (options->count == PS_GIVEN_MAX)
			return ps_error_at(error, -1, 0, "more than %d options", PS_GIVEN_MAX);
		options->given[options->count++] =
			(struct ps_given){ find_option(known, number), optarg };
	}
	return 0;
}

int ps_options_read(int argc, char **argv, struct ps_options *ret, int *ret_first,
		    struct ps_error *error)
{
	struct known known = list_options();
	int failed = read_all(&known, argc, argv, ret, error);

	free(known.option);
	free(known.getopt);
	*ret_first = optind;
	return failed;
}

static bool takes(const struct ps_option *options, const char *name)
{
	for (; options && options->name; options++)
		if (!strcmp(options->name, name))
			return true;
	return false;
}

int ps_options_check(const struct ps_options *options, const struct ps_command *command,
		     struct ps_error *error)
{
	for (int i = 0; i < options->count; i++) {
		const char *name = options->given[i].option->name;

		if (!takes(ps_global_options, name) && !takes(command->options, name))
			return ps_error_at(error, -1, 0, "'%s' does not take --%s", command->name,
					   name);
	}
	return 0;
}

const struct ps_given *ps_options_find(const struct ps_options *options, const char *name)
{
	for (int i = options->count - 1; i >= 0; i--)
		if (!strcmp(options->given[i].option->name, name))
			return &options->given[i];
	return NULL;
}

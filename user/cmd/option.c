// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Options: those of every command are listed here, those of one command in its
 * descriptor. All are known before it is known which command it is.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/advice.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "cmd/option.h"

#define WORD_SIZE 32
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

static bool takes(const struct ps_option *options, const char *name)
{
	for (; options && options->name; options++)
		if (!strcmp(options->name, name))
			return true;
	return false;
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

/* Of the command that is there, or all, since it is not known which one is meant. */
static bool may_mean(const struct ps_command *command, const struct ps_option *option)
{
	return !command || takes(ps_global_options, option->name) ||
	       takes(command->options, option->name);
}

/* Not what changes more than was asked for. */
static bool is_harmful(const struct ps_option *option)
{
	return !strcmp(option->name, "replace") || !strcmp(option->name, "revert");
}

static const struct ps_command *find_command(int argc, char **argv)
{
	const struct ps_command *command = NULL;

	for (int i = 1; i < argc && !command; i++)
		command = ps_command_find(argv[i]);
	return command;
}

/* The option that looks most like @given, "--dryrun" or "--dryrun=5", or that it begins. */
static void suggest(const struct known *known, const struct ps_command *command, const char *given,
		    char text[PS_NEAREST_TEXT])
{
	char word[WORD_SIZE] = "", best[WORD_SIZE + 2];
	struct ps_nearest nearest;

	*text = '\0';
	if (strncmp(given, "--", 2))
		return;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(given + 2, "="), given + 2);
	nearest = ps_nearest_of(word);
	for (size_t i = 0; i < known->count; i++) {
		const char *name = known->option[i]->name;

		if (!may_mean(command, known->option[i]) || is_harmful(known->option[i]))
			continue;
		ps_nearest_offer(&nearest, name);
		if (!nearest.best && strlen(word) > 2 && !strncmp(name, word, strlen(word)))
			nearest.best = name;
	}
	if (!nearest.best)
		return;
	snprintf(best, sizeof(best), "--%s", nearest.best);
	nearest.best = best;
	ps_nearest_format(&nearest, text);
}

static int refuse_unknown(const struct known *known, const struct ps_command *command,
			  const char *given, struct ps_error *error)
{
	char guess[PS_NEAREST_TEXT];

	suggest(known, command, given, guess);
	return ps_error_at(error, -1, 0, "unknown option '%s'; '%s' lists them%s", given,
			   command ? ps_advice("help", command->name, NULL) : ps_advice("-h", NULL),
			   guess);
}

static int refuse_option(const struct known *known, int argc, char **argv, int option,
			 struct ps_error *error)
{
	const char letter[] = { '-', (char)optopt, '\0' };
	bool is_letter = optopt > 0 && optopt < LONG_ONLY;
	const char *given = is_letter ? letter : argv[optind - 1];

	if (option == ':')
		return ps_error_at(error, -1, 0, "'%s' must be followed by its value", given);
	return refuse_unknown(known, find_command(argc, argv), given, error);
}

/* Its beginning would do for getopt_long(), until there is another option that begins so. */
static const char *find_beginning(const struct option *option, char **argv)
{
	bool is_apart = optarg && optarg == argv[optind - 1];
	const char *given = argv[optind - (is_apart ? 2 : 1)];

	return strcspn(given + 2, "=") == strlen(option->name) ? NULL : given;
}

static int read_all(const struct known *known, int argc, char **argv, struct ps_options *options,
		    struct ps_error *error)
{
	int number, at = -1;

	opterr = 0;
	while ((number = getopt_long(argc, argv, known->letters, known->getopt, &at)) != -1) {
		const char *beginning = at < 0 ? NULL : find_beginning(&known->getopt[at], argv);

		if (number == '?' || number == ':')
			return refuse_option(known, argc, argv, number, error);
		if (beginning)
			return refuse_unknown(known, find_command(argc, argv), beginning, error);
		if (options->count == PS_GIVEN_MAX)
			return ps_error_at(error, -1, 0, "more than %d options", PS_GIVEN_MAX);
		options->given[options->count++] =
			(struct ps_given){ find_option(known, number), optarg };
		at = -1;
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

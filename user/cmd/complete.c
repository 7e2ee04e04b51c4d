// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * complete: what the shell may offer behind the words that were typed. All of it
 * comes from the descriptors; places such as DEV are filled by place.c.
 */
#include <stdio.h>
#include <string.h>
#include "base/syntax.h"
#include "binding/binding.h"
#include "binding/parse.h"
#include "cmd/context.h"
#include "cmd/place.h"

#define PLAIN_MAX 64

/* The words before the one that is typed, looked through. */
struct typed {
	const struct ps_command *command; /* NULL: none yet */
	const struct ps_option *waiting; /* for its value */
	const char *plain[PLAIN_MAX]; /* without options */
	int count;
	const char *netns;
};

static const struct ps_option *find_long(const struct ps_option *options, const char *name,
					 size_t length)
{
	for (; options && options->name; options++)
		if (!strncmp(options->name, name, length) && !options->name[length])
			return options;
	return NULL;
}

/* That of @mine, which is NULL before it is typed, rather than one of the same name of others. */
static const struct ps_option *find_any(const struct ps_command *mine, const char *name,
					size_t length)
{
	const struct ps_option *found = find_long(ps_global_options, name, length);
	const struct ps_command *command = NULL;

	if (!found && mine)
		found = find_long(mine->options, name, length);
	while (!found && (command = ps_command_next(command)))
		found = find_long(command->options, name, length);
	return found;
}

static const struct ps_option *find_letter(char letter)
{
	for (const struct ps_option *option = ps_global_options; option->name; option++)
		if (option->letter == letter)
			return option;
	return NULL;
}

/* The option of @word that takes a value, and the value if it is in @word. */
static const struct ps_option *read_option(const struct ps_command *command, const char *word,
					   const char **ret_value)
{
	const char *equal = strchr(word, '=');
	const struct ps_option *option = NULL;

	*ret_value = NULL;
	if (!strncmp(word, "--", 2)) {
		option = find_any(command, word + 2,
				  equal ? (size_t)(equal - word - 2) : strlen(word + 2));
		*ret_value = equal ? equal + 1 : NULL;
		return option && option->value ? option : NULL;
	}
	for (word++; *word; word++) {
		option = find_letter(*word);
		if (!option || !option->value)
			continue;
		*ret_value = word[1] ? word + 1 : NULL;
		return option;
	}
	return NULL;
}

static void take_value(struct typed *typed, const struct ps_option *option, const char *value)
{
	if (!strcmp(option->name, "netns"))
		typed->netns = value;
}

static void take_word(struct typed *typed, const char *word)
{
	const char *value;

	if (typed->waiting) {
		take_value(typed, typed->waiting, word);
		typed->waiting = NULL;
	} else if (word[0] == '-') {
		const struct ps_option *option = read_option(typed->command, word, &value);

		if (option && value)
			take_value(typed, option, value);
		else
			typed->waiting = option;
	} else if (!typed->command) {
		typed->command = ps_command_find(word);
		typed->count = typed->command ? 0 : PLAIN_MAX; /* nothing fits behind a wrong one */
	} else if (typed->count < PLAIN_MAX) {
		typed->plain[typed->count++] = word;
	}
}

static void offer_word(void *place, const char *word)
{
	if (!ps_place_fill(place, word))
		ps_place_offer(place, word);
}

static void offer_syntax(struct ps_place *place, const char *text)
{
	const struct ps_syntax syntax = { ps_binding_syntax, offer_word, place };

	ps_syntax_next(&syntax, text, place->count, place->word);
}

static void offer_options(struct ps_place *place, const struct ps_option *options)
{
	char text[64];

	for (; options && options->name; options++) {
		snprintf(text, sizeof(text), "--%s", options->name);
		ps_place_offer(place, text);
		snprintf(text, sizeof(text), "-%c", options->letter);
		if (options->letter)
			ps_place_offer(place, text);
	}
}

/* --color=n: what is offered begins with --color= */
static void offer_value(struct ps_place *place, const struct ps_option *option, const char *value)
{
	char prefix[64];

	snprintf(prefix, sizeof(prefix), "%.*s", (int)(value - place->current), place->current);
	place->prefix = prefix;
	place->current = value;
	offer_syntax(place, option->value);
}

static void offer(struct ps_place *place, const struct typed *typed)
{
	const struct ps_option *option = NULL;
	const char *value = NULL;

	if (place->current[0] == '-')
		option = read_option(typed->command, place->current, &value);
	if (typed->waiting) {
		offer_syntax(place, typed->waiting->value);
	} else if (option && value && place->current[1] == '-') {
		offer_value(place, option, value);
	} else if (place->current[0] == '-') {
		offer_options(place, ps_global_options);
		offer_options(place, typed->command ? typed->command->options : NULL);
	} else if (typed->command) {
		place->count = typed->count;
		offer_syntax(place, typed->command->arguments);
	} else if (!typed->count) {
		ps_place_fill(place, "COMMAND");
	}
}

static int run_complete(struct ps_context *context)
{
	struct typed typed = {};
	struct ps_place place = { .context = context, .prefix = "", .current = "" };
	struct ps_whose whose;
	struct ps_error error;

	for (int i = 0; i + 1 < context->count; i++)
		take_word(&typed, context->word[i]);
	if (context->count)
		place.current = context->word[context->count - 1];
	if (typed.netns) {
		if (ps_whose_find(typed.netns, PS_ENTER_IF_MAY, &whose, &error))
			return PS_EXIT_DONE;
		ps_context_mean(context, &whose);
		place.is_elsewhere = whose.presence != PS_HERE;
	}
	context->apply.wait_seconds = 0;
	place.command = typed.command ? typed.command->name : "";
	place.word = typed.plain;
	offer(&place, &typed);
	return PS_EXIT_DONE;
}

PS_COMMAND(complete) = {
	.kind = PS_HIDDEN,
	.name = "complete",
	.arguments = "-- [WORD]...",
	.summary = "what may stand in place of the last word, for the shell",
	.details = "Prints one a line; '<FILE>' stands for names of files.\n",
	.is_table_only = true,
	.run = run_complete,
};

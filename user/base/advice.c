// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Commands to copy. See advice.h.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/advice.h"
#include "base/memory.h"
#include "base/quote_shell.h"

static const char *own_netns;
static char *kept[PS_ADVICE_KEPT];
static size_t made;

static char *format(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = ps_memory_text(format, args);
	va_end(args);
	return text;
}

static const char *keep(char *line)
{
	char **place = &kept[made++ % PS_ADVICE_KEPT];

	free(*place);
	return *place = line;
}

/* Appends @between and @word, quoted. */
static char *add(char *line, const char *between, const char *word)
{
	PS_FREED char *before = line;
	PS_FREED char *quoted = ps_memory_new(1, PS_QUOTED_SHELL(strlen(word)));

	return format("%s%s%s", before, between, ps_quote_shell(word, quoted));
}

static char *add_all(char *line, va_list args)
{
	const char *word;

	while ((word = va_arg(args, const char *)))
		line = add(line, " ", word);
	return line;
}

/* A word that looks like an option is none of ours: those are literal. */
static char *add_data(char *line, va_list args)
{
	bool is_guarded = false;
	const char *word;

	while ((word = va_arg(args, const char *))) {
		line = add(line, *word == '-' && !is_guarded ? " -- " : " ", word);
		is_guarded |= *word == '-';
	}
	return line;
}

static char *begin_own(const char *netns, const char *words)
{
	PS_FREED char *line = format("portsteer");

	if (netns && *netns && strcmp(netns, "default")) /* PS_INSTANCE_DEFAULT is no word for -n */
		line = add(line, " -n ", netns);
	return format("%s %s", line, words);
}

void ps_advice_speak_for(const char *netns)
{
	own_netns = netns;
}

const char *ps_advice(const char *words, ...)
{
	va_list args;
	char *line;

	va_start(args, words);
	line = add_data(begin_own(own_netns, words), args);
	va_end(args);
	return keep(line);
}

const char *ps_advice_for(const char *netns, const char *words, ...)
{
	va_list args;
	char *line;

	va_start(args, words);
	line = add_data(begin_own(netns, words), args);
	va_end(args);
	return keep(line);
}

/* A namespace that ip-netns(8) does not know is a path. */
static char *begin_inside(const char *netns, const char *words)
{
	PS_FREED char *line = NULL;

	if (!*netns)
		return format("%s", words);
	line = strchr(netns, '/') ? add(format("nsenter"), " --net=", netns)
				  : add(format("ip netns exec"), " ", netns);
	return format("%s %s", line, words);
}

const char *ps_advice_inside(const char *netns, const char *words, ...)
{
	va_list args;
	char *line;

	va_start(args, words);
	line = add_all(begin_inside(netns, words), args);
	va_end(args);
	return keep(line);
}

const char *ps_advice_number(unsigned int number, char text[PS_ADVICE_NUMBER])
{
	snprintf(text, PS_ADVICE_NUMBER, "%u", number);
	return text;
}

const char *ps_advice_remove(const char *name)
{
	const char *first = ps_advice_for(name, "flush", NULL);

	return keep(format("%s && %s", first, ps_advice_for(name, "detach all", NULL)));
}

void ps_advice_again(const char *command)
{
	if (command)
		keep(format("%s", command));
}

/* Not a piece of a longer word or path. */
static bool stands_in(const char *text, const char *command)
{
	const char *at = strstr(text, command);

	return at && (at == text || strchr(" '(", at[-1])) &&
	       (!at[strlen(command)] || strchr(" ';:,)", at[strlen(command)]));
}

const char *ps_advice_find(const char *text)
{
	const char *longest = "";

	for (size_t i = 0; i < PS_ADVICE_KEPT; i++)
		if (kept[i] && strlen(kept[i]) > strlen(longest) && stands_in(text, kept[i]))
			longest = kept[i];
	return longest;
}

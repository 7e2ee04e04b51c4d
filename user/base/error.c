// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Wording of errors. See error.h.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/error.h"
#include "base/nearest.h"
#include "base/utf8.h"

/* One that does not fit is left to the text: half a command must not be copied. */
static void note_fix(struct ps_error *error)
{
	const char *command = ps_advice_find(error->text);

	error->fix[0] = '\0';
	if (strlen(command) < sizeof(error->fix))
		strcpy(error->fix, command);
}

static void fill(struct ps_error *error, enum ps_exit status, const char *format, va_list args)
{
	error->status = status;
	error->word = -1;
	error->offset = 0;
	error->file[0] = '\0';
	error->line = 0;
	error->column = 0;
	ps_utf8_format(error->text, sizeof(error->text), format, args);
	note_fix(error);
}

static void append(struct ps_error *error, const char *before, const char *text)
{
	size_t length = strlen(error->text);

	ps_utf8_print(error->text + length, sizeof(error->text) - length, "%s%s", before, text);
}

int ps_error_set(struct ps_error *error, enum ps_exit status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(error, status, format, args);
	va_end(args);
	return -1;
}

int ps_error_at(struct ps_error *error, int word, int offset, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(error, PS_EXIT_USAGE, format, args);
	va_end(args);
	error->word = word;
	error->offset = offset;
	return -1;
}

int ps_error_locate(struct ps_error *error, const char *file, unsigned int line,
		    unsigned int column)
{
	struct ps_error cause = *error;

	ps_utf8_print(error->text, sizeof(error->text), "%.400s:%u:%u: %s", file, line, column,
		      cause.text);
	ps_utf8_print(error->file, sizeof(error->file), "%s", file);
	error->line = line;
	error->column = column;
	return -1;
}

const char *ps_exit_name(enum ps_exit status)
{
	switch (status) {
	case PS_EXIT_USAGE:
		return "usage";
	case PS_EXIT_CONFLICT:
		return "conflict";
	case PS_EXIT_NOT_FOUND:
		return "not-found";
	case PS_EXIT_DIFFERS:
		return "differs";
	case PS_EXIT_LOCKED:
		return "locked";
	case PS_EXIT_DONE:
	case PS_EXIT_REFUSED:
		break;
	}
	return "refused";
}

int ps_error_errno(struct ps_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(error, PS_EXIT_REFUSED, format, args);
	va_end(args);
	append(error, ": ", strerror(err));
	return -1;
}

static bool is_in(const char *word, const char *const *list)
{
	for (; list && *list; list++)
		if (!strcmp(word, *list))
			return true;
	return false;
}

/* What the word of others is called here, NULL: nobody knows it. */
static const char *translate(const struct ps_synonym *synonym, const char *given)
{
	for (; synonym && synonym->word; synonym++)
		if (!strcmp(synonym->word, given))
			return synonym->answer;
	return NULL;
}

int ps_error_unknown_in(struct ps_error *error, int word, const char *given,
			const struct ps_vocabulary *vocabulary)
{
	const char *const *valid = vocabulary->valid;
	const char *answer = translate(vocabulary->synonyms, given);
	struct ps_nearest nearest = ps_nearest_of(given);
	char guess[PS_NEAREST_TEXT];

	ps_error_at(error, word, 0, "unknown %s '%s'; valid: ", vocabulary->what, given);
	for (const char *const *name = valid; *name; name++) {
		append(error, name == valid ? "" : ", ", *name);
		if (!is_in(*name, vocabulary->harmful))
			ps_nearest_offer(&nearest, *name);
	}
	append(error, answer ? "; " : ps_nearest_format(&nearest, guess), answer ?: "");
	return -1;
}

int ps_error_unknown(struct ps_error *error, int word, const char *given, const char *what,
		     const char *const *valid)
{
	const struct ps_vocabulary vocabulary = { .what = what, .valid = valid };

	return ps_error_unknown_in(error, word, given, &vocabulary);
}

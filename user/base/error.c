// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Wording of errors. See error.h.
 */
#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/advice.h"
#include "base/error.h"
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

int ps_error_errno(struct ps_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(error, PS_EXIT_REFUSED, format, args);
	va_end(args);
	append(error, ": ", strerror(err));
	return -1;
}

/* Levenshtein distance, of words up to 31 bytes; longer ones are far from everything. */
static int distance(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	int row[32];

	if (a_len > 31 || b_len > 31)
		return INT_MAX;
	for (size_t j = 0; j <= b_len; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= a_len; i++) {
		int diagonal = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= b_len; j++) {
			int best = diagonal + (tolower((unsigned char)a[i - 1]) != b[j - 1]);

			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[b_len];
}

static const char *nearest(const char *given, const char *const *valid)
{
	const char *best = NULL;
	int best_distance = 3; /* farther is no typing mistake */

	for (; *valid; valid++) {
		int this_distance = distance(given, *valid);

		if (this_distance < best_distance && this_distance < (int)strlen(given)) {
			best = *valid;
			best_distance = this_distance;
		}
	}
	return best;
}

int ps_error_unknown(struct ps_error *error, int word, const char *given, const char *what,
		     const char *const *valid)
{
	const char *guess = nearest(given, valid);

	ps_error_at(error, word, 0, "unknown %s '%s'; valid: ", what, given);
	for (const char *const *name = valid; *name; name++)
		append(error, name == valid ? "" : ", ", *name);
	if (guess) {
		append(error, "; did you mean '", guess);
		append(error, "", "'?");
	}
	return -1;
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Typing mistakes. See nearest.h.
 */
#include <ctype.h>
#include <limits.h>
#include <string.h>
#include "base/nearest.h"
#include "base/utf8.h"

#define WORD_MAX 31 /* longer ones are far from everything */

struct rows {
	int before[WORD_MAX + 1], last[WORD_MAX + 1], row[WORD_MAX + 1];
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

static bool are_equal(char given, char word)
{
	return tolower((unsigned char)given) == tolower((unsigned char)word);
}

/* The row of @a's letter @i: what it takes to make @i letters of @a the first of @b. */
static void fill_row(struct rows *rows, const char *a, const char *b, size_t i)
{
	rows->row[0] = (int)i;
	for (size_t j = 1; j <= strlen(b); j++) {
		int *cell = &rows->row[j];

		*cell = least(rows->last[j], rows->row[j - 1]) + 1;
		*cell = least(*cell, rows->last[j - 1] + !are_equal(a[i - 1], b[j - 1]));
		if (i > 1 && j > 1 && are_equal(a[i - 1], b[j - 2]) &&
		    are_equal(a[i - 2], b[j - 1]))
			*cell = least(*cell, rows->before[j - 2] + 1);
	}
}

/* Damerau-Levenshtein, optimal string alignment: two letters that changed places are one mistake.
 */
static int distance(const char *a, const char *b)
{
	size_t a_len = strlen(a), b_len = strlen(b);
	struct rows rows = {};

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return INT_MAX;
	for (size_t j = 0; j <= b_len; j++)
		rows.row[j] = (int)j;
	for (size_t i = 1; i <= a_len; i++) {
		memcpy(rows.before, rows.last, sizeof(rows.last));
		memcpy(rows.last, rows.row, sizeof(rows.row));
		fill_row(&rows, a, b, i);
	}
	return rows.row[b_len];
}

/* As many mistakes as a word of that length may have. */
static int allowed(size_t length)
{
	return length < 2 ? 0 : length < 6 ? 1 : 2;
}

struct ps_nearest ps_nearest_of(const char *given)
{
	return (struct ps_nearest){
		.given = given,
		.distance = allowed(strlen(given)) + 1,
	};
}

void ps_nearest_offer(struct ps_nearest *nearest, const char *word)
{
	size_t length = strlen(nearest->given);
	int this_distance = distance(nearest->given, word);

	if (this_distance >= nearest->distance || (length < 3 && strlen(word) <= length))
		return; /* of two letters that are "no", none are nearly "on" */
	nearest->best = word;
	nearest->distance = this_distance;
}

const char *ps_nearest_format(const struct ps_nearest *nearest, char text[PS_NEAREST_TEXT])
{
	*text = '\0';
	if (nearest->best)
		ps_utf8_print(text, PS_NEAREST_TEXT, "; did you mean '%s'?", nearest->best);
	return text;
}

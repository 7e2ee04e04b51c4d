/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What somebody meant who made a typing mistake: of the words that are offered,
 * the one that differs in least. Pure.
 */
#ifndef PORTSTEER_BASE_NEAREST_H
#define PORTSTEER_BASE_NEAREST_H

struct ps_nearest {
	const char *given;
	const char *best; /* one of those that were offered, NULL: none is near */
	int distance; /* to the best, or the first that is too far */
};

struct ps_nearest ps_nearest_of(const char *given);

/* @word must be kept as long as it may be the best. */
void ps_nearest_offer(struct ps_nearest *nearest, const char *word);

/* "; did you mean 'WORD'?", "" when none is near. Returns @text. */
#define PS_NEAREST_TEXT 64
const char *ps_nearest_format(const struct ps_nearest *nearest, char text[PS_NEAREST_TEXT]);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A text that is put together piece by piece in memory of a fixed size. Pure.
 */
#ifndef PORTSTEER_BASE_PHRASE_H
#define PORTSTEER_BASE_PHRASE_H

#include <stddef.h>

struct ps_phrase {
	char *text;
	size_t size;
	size_t length; /* of what is there */
};

/* An empty one in @text. */
struct ps_phrase ps_phrase_begin(char *text, size_t size);

/* Appends as printf(); what does not fit is cut off between characters, and ends in "...". */
void ps_phrase_add(struct ps_phrase *phrase, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif

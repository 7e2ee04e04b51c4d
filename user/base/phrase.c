// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Texts in pieces. See phrase.h.
 */
#include <stdarg.h>
#include <string.h>
#include "base/phrase.h"
#include "base/utf8.h"

struct ps_phrase ps_phrase_begin(char *text, size_t size)
{
	*text = '\0';
	return (struct ps_phrase){ .text = text, .size = size };
}

void ps_phrase_add(struct ps_phrase *phrase, const char *format, ...)
{
	char *end = phrase->text + phrase->length;
	va_list args;

	va_start(args, format);
	ps_utf8_format(end, phrase->size - phrase->length, format, args);
	va_end(args);
	phrase->length += strlen(end);
}

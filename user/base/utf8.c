// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * UTF-8. See utf8.h.
 */
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"

/* How many bytes a character has that begins with @first; 0: none does. */
static int length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* RFC 3629: not longer than need be, no surrogates, nothing behind U+10FFFF. */
static bool is_shortest(long character, int length)
{
	static const long least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return character >= least[length] && character <= 0x10ffff &&
	       (character < 0xd800 || character > 0xdfff);
}

long ps_utf8_next(const char *at, int *ret_length)
{
	unsigned char first = (unsigned char)*at;
	int length = length_of(first);
	long character = length > 1 ? first & (0x7f >> length) : first;

	*ret_length = 1;
	for (int i = 1; i < length; i++) {
		if (((unsigned char)at[i] & 0xc0) != 0x80)
			return PS_NO_CHARACTER;
		character = character << 6 | ((unsigned char)at[i] & 0x3f);
	}
	if (!length || !is_shortest(character, length))
		return PS_NO_CHARACTER;
	*ret_length = length;
	return character;
}

bool ps_utf8_is_valid(const char *text)
{
	int length;

	for (; *text; text += length)
		if (ps_utf8_next(text, &length) == PS_NO_CHARACTER)
			return false;
	return true;
}

bool ps_utf8_is_hidden(long character)
{
	static const struct {
		long first, last;
	} hidden[] = {
		{ 0, 0x1f }, /* C0 */
		{ 0x7f, 0xa0 }, /* DEL, C1, and the space that ends no word */
		{ 0xad, 0xad }, /* the hyphen that is seen at the end of a line only */
		{ 0x1680, 0x1680 }, /* spaces, here and below, that look like one of ASCII */
		{ 0x2000, 0x200f }, /* without width, and marks of direction */
		{ 0x2028, 0x202f }, /* ends of lines and paragraphs, directions */
		{ 0x205f, 0x206f }, /* the same, later ones */
		{ 0x3000, 0x3000 }, { 0xfeff, 0xfeff },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (character >= hidden[i].first && character <= hidden[i].last)
			return true;
	return (character & 0xfffe) == 0xfffe;
}

void ps_utf8_trim(char *text, size_t size)
{
	size_t length = strlen(text), more = 0;

	if (length < size)
		return;
	while (more < 3 && more < length && ((unsigned char)text[length - 1 - more] & 0xc0) == 0x80)
		more++;
	if (more < length && length_of((unsigned char)text[length - 1 - more]) > (int)more + 1)
		text[length - 1 - more] = '\0';
}

void ps_utf8_format(char *text, size_t size, const char *format, va_list args)
{
	static const char mark[] = "...";
	int wanted = vsnprintf(text, size, format, args);

	if (wanted < 0 || (size_t)wanted < size || size <= sizeof(mark))
		return;
	text[size - sizeof(mark)] = '\0';
	ps_utf8_trim(text, size - sizeof(mark));
	strcat(text, mark);
}

void ps_utf8_print(char *text, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	ps_utf8_format(text, size, format, args);
	va_end(args);
}

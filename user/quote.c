// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Quoting. See quote.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "file_yaml.h"
#include "quote.h"

/* Letters, digits and a few signs, which mean nothing to a shell or to YAML. */
static bool is_simple(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("._-", *at))
			return false;
	return isalnum((unsigned char)*text);
}

/* The same, several of them, and with colons that separate nothing. */
static bool is_plain(const char *text)
{
	char last = ' ';

	for (const char *at = text; *at; last = *at++)
		if (!isalnum((unsigned char)*at) && !strchr("._-: ", *at))
			return false;
		else if (*at == ' ' && strchr(": ", last))
			return false;
	return isalnum((unsigned char)*text) && !strchr(": ", last) && !ps_yaml_is_ambiguous(text);
}

/* The character at @at, and its length in bytes; @at is UTF-8. */
static __u32 decode(const char *at, int *ret_length)
{
	unsigned char first = (unsigned char)*at;
	int more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	__u32 character = more ? first & (0x3fu >> more) : first;

	*ret_length = 1;
	for (int i = 1; i <= more; i++) {
		if (((unsigned char)at[i] & 0xc0) != 0x80)
			return first; /* no UTF-8 of our making */
		character = character << 6 | ((unsigned char)at[i] & 0x3f);
	}
	*ret_length = more + 1;
	return character;
}

/* Neither a terminal nor a YAML reader takes it for what it is. */
static bool is_control(__u32 character)
{
	return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 ||
	       character == 0x2029 || character == 0xfeff || (character & 0xfffe) == 0xfffe;
}

const char *ps_quote_shell(const char *name, char text[PS_QUOTED_TEXT])
{
	size_t used;
	int length;

	if (is_simple(name)) {
		strcpy(text, name);
		return text;
	}
	used = (size_t)sprintf(text, "$'");
	for (; *name; name += length) {
		bool is_hidden = is_control(decode(name, &length));

		for (int i = 0; i < length; i++) {
			const char *format = is_hidden		      ? "\\%03o"
					     : strchr("'\\", name[i]) ? "\\%c"
								      : "%c";

			used += (size_t)sprintf(text + used, format, (unsigned char)name[i]);
		}
	}
	strcpy(text + used, "'");
	return text;
}

const char *ps_quote_yaml(const char *plain, char text[PS_QUOTED_TEXT])
{
	size_t used;
	int length;

	if (is_plain(plain)) {
		strcpy(text, plain);
		return text;
	}
	used = (size_t)sprintf(text, "\"");
	for (; *plain; plain += length) {
		__u32 character = decode(plain, &length);

		if (character > 0xffff && is_control(character))
			used += (size_t)sprintf(text + used, "\\U%08x", character);
		else if (is_control(character))
			used += (size_t)sprintf(text + used, "\\u%04x", character);
		else
			used += (size_t)sprintf(text + used, "%s%.*s",
						strchr("\"\\", *plain) ? "\\" : "", length, plain);
	}
	strcpy(text + used, "\"");
	return text;
}

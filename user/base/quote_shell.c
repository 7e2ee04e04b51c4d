// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Quoting for a shell. See quote_shell.h.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "base/quote_shell.h"
#include "base/utf8.h"

/* Letters, digits and signs that mean nothing to a shell, wherever the word stands. */
static bool is_simple(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("._-/:,@%+=", *at))
			return false;
	return isalnum((unsigned char)*text) || (*text && strchr("._/", *text));
}

/* Seen as it is, by people and by readers of YAML. */
static bool is_shown(long character)
{
	return character != PS_NO_CHARACTER && !ps_utf8_is_hidden(character);
}

/* Quotes of POSIX can hold all of it; '\' would be taken for that of an escape that is printed. */
static bool is_quotable(const char *text)
{
	int length;

	for (; *text; text += length)
		if (!is_shown(ps_utf8_next(text, &length)) || *text == '\\')
			return false;
	return true;
}

static void quote_posix(const char *name, char *text)
{
	*text++ = '\'';
	for (; *name; name++)
		text += sprintf(text, *name == '\'' ? "'\\''" : "%c", *name);
	strcpy(text, "'");
}

static void quote_bytes(const char *name, char *text)
{
	int length;

	text += sprintf(text, "$'");
	for (; *name; name += length) {
		bool is_hidden = !is_shown(ps_utf8_next(name, &length)) || *name == '\\';

		for (int i = 0; i < length; i++)
			text += sprintf(text,
					is_hidden	  ? "\\%03o"
					: name[i] == '\'' ? "\\%c"
							  : "%c",
					(unsigned char)name[i]);
	}
	strcpy(text, "'");
}

const char *ps_quote_shell(const char *name, char *text)
{
	if (is_simple(name))
		strcpy(text, name);
	else if (is_quotable(name))
		quote_posix(name, text);
	else
		quote_bytes(name, text);
	return text;
}

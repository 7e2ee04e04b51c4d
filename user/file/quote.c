// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Quoting for YAML. See quote.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"
#include "file/quote.h"
#include "file/yaml.h"

/* Words of letters, digits and a few signs, which mean nothing to YAML where they stand. */
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

const char *ps_quote_yaml(const char *plain, char text[PS_QUOTED_TEXT])
{
	size_t used;
	int length;

	if (!ps_utf8_is_valid(plain))
		return NULL;
	if (is_plain(plain)) {
		strcpy(text, plain);
		return text;
	}
	used = (size_t)sprintf(text, "\"");
	for (; *plain; plain += length) {
		long character = ps_utf8_next(plain, &length);

		if (character != PS_NO_CHARACTER && !ps_utf8_is_hidden(character))
			used += (size_t)sprintf(text + used, "%s%.*s",
						strchr("\"\\", *plain) ? "\\" : "", length, plain);
		else
			used += (size_t)sprintf(text + used,
						character > 0xffff ? "\\U%08lx" : "\\u%04lx",
						character);
	}
	strcpy(text + used, "\"");
	return text;
}

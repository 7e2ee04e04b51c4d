// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Words in the file. See words.h.
 */
#include <string.h>
#include "file/words.h"

void ps_words_split(const struct ps_yaml_text *text, struct ps_words *words)
{
	char *rest = words->text, *word;

	words->count = 0;
	strcpy(words->text, text->text);
	while (words->count < PS_WORDS_MAX && (word = strsep(&rest, " ")))
		if (*word)
			words->word[words->count++] = word;
}

void ps_words_diagnose(struct ps_yaml *yaml, const struct ps_yaml_text *text,
		       const struct ps_words *words, const struct ps_error *error)
{
	int offset = error->offset;

	if (words && error->word >= 0 && error->word < words->count)
		offset += (int)(words->word[error->word] - words->text);
	ps_yaml_diagnose(yaml, text, offset, error->text);
}

int ps_words_read_endpoints(struct ps_yaml *yaml, const struct ps_yaml_text *text,
			    struct ps_endpoints *ret)
{
	struct ps_error error;
	struct ps_words words;

	ps_words_split(text, &words);
	if (words.count != 2)
		ps_error_at(&error, -1, 0,
			    "an endpoint has two words, such as 'tcp 192.0.2.1:443'");
	else if (!ps_endpoints_parse(words.word[0], words.word[1], ret, &error))
		return 0;
	ps_words_diagnose(yaml, text, &words, &error);
	return -1;
}

int ps_words_check_plain(struct ps_yaml *yaml, const struct ps_yaml_text *text)
{
	struct ps_error error;

	if (!text->is_plain || !ps_yaml_is_ambiguous(text->text))
		return 0;
	ps_error_at(&error, -1, 0, "'%s' is not a string in YAML; write \"%s\"", text->text,
		    text->text);
	ps_yaml_diagnose(yaml, text, 0, error.text);
	return -1;
}

int ps_words_read_one(struct ps_yaml *yaml, const char *what, const char *const *valid)
{
	struct ps_yaml_text text;
	struct ps_error error;

	if (ps_yaml_read_text(yaml, &text))
		return -1;
	for (int i = 0; valid[i]; i++)
		if (!strcmp(text.text, valid[i]))
			return i;
	ps_error_unknown(&error, 0, text.text, what, valid);
	ps_yaml_diagnose(yaml, &text, 0, error.text);
	return -1;
}

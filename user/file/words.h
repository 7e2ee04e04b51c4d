/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Texts of the file whose words mean something: endpoints, actions, one of a
 * few. What is wrong with them is noted at its place. Pure.
 */
#ifndef PORTSTEER_FILE_WORDS_H
#define PORTSTEER_FILE_WORDS_H

#include "base/error.h"
#include "binding/endpoint.h"
#include "file/yaml.h"

#define PS_WORDS_MAX 16

/* A text cut into words. */
struct ps_words {
	char text[PS_YAML_TEXT];
	char *word[PS_WORDS_MAX];
	int count; /* PS_WORDS_MAX: or more */
};

void ps_words_split(const struct ps_yaml_text *text, struct ps_words *words);

/* A diagnostic where @error says, in @text or, unless NULL, in the words of it. */
void ps_words_diagnose(struct ps_yaml *yaml, const struct ps_yaml_text *text,
		       const struct ps_words *words, const struct ps_error *error);

/* The endpoints that @text means; -1 and a diagnostic when it means none. */
int ps_words_read_endpoints(struct ps_yaml *yaml, const struct ps_yaml_text *text,
			    struct ps_endpoints *ret);

/*
 * Of a text that may be anything: what a YAML reader could take for something
 * else has quotes, else -1 and a diagnostic.
 */
int ps_words_check_plain(struct ps_yaml *yaml, const struct ps_yaml_text *text);

/* Reads one of @valid, which ends with NULL: its index, or -1 and a diagnostic. */
int ps_words_read_one(struct ps_yaml *yaml, const char *what, const char *const *valid);

#endif

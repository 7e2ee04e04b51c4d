// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings as words, one on each line of the input, so that a word can hold
 * anything, as on the command line. What is accepted prints as words that
 * parse back; what is refused adds nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "binding/device.h"
#include "binding/parse.h"
#include "text.h"

#define WORDS_MAX 24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each word a copy; their number. */
static int split(const char *text, size_t size, char *words[WORDS_MAX])
{
	int count = 0;

	while (size && count < WORDS_MAX) {
		const char *line = memchr(text, '\n', size);
		size_t length = line ? (size_t)(line - text) : size;

		words[count++] = text_copy(text, length);
		text += line ? length + 1 : length;
		size -= line ? length + 1 : length;
	}
	return count;
}

/* What `bindings` prints for it, and the name, as words. */
static void must_parse_back(const struct ps_binding *binding)
{
	char endpoint[PS_ENDPOINT_TEXT], action[PS_ACTION_TEXT], name[PS_NAME_SIZE], *rest = NULL;
	char *words[WORDS_MAX], *texts[] = { endpoint, action };
	struct ps_bindings again = {};
	struct ps_error error;
	int count = 0;

	ps_endpoint_format(&binding->endpoint, endpoint);
	ps_action_format(binding, action);
	strcpy(name, binding->name);
	for (int i = 0; i < 2; i++)
		for (char *at = strtok_r(texts[i], " ", &rest); at; at = strtok_r(NULL, " ", &rest))
			words[count++] = at;
	if (name[0]) {
		words[count++] = "name";
		words[count++] = name;
	}
	text_must(!ps_binding_parse(count, words, &again, &error), "what is printed parses");
	text_must(again.count == 1, "as one binding");
	text_must_be_equal(&again.item[0], binding);
	ps_bindings_done(&again);
}

static void check_accepted(const struct ps_binding *binding)
{
	text_must_be_canonical(&binding->endpoint);
	text_must(binding->action >= PS_PASS && binding->action <= PS_SOCKET, "an action");
	text_must(ps_action_has_target(binding->action) == (*ps_device_word(binding) != '\0'),
		  "what has a target, and nothing else, names it");
	text_must((binding->action == PS_SOCKET) == (binding->target.hop == PS_HOP_SOCKET),
		  "a socket's target is no interface");
	text_must(binding->action != PS_SOCKET || binding->endpoint.proto != PS_SCTP,
		  "what the kernel can do");
	text_must(memchr(binding->name, '\0', sizeof(binding->name)), "a name ends");
	must_parse_back(binding);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_bindings bindings = {};
	struct ps_error error;
	char *words[WORDS_MAX];
	int count = split((const char *)data, size, words);

	ps_bindings_add(&bindings)->line = 7; /* was there before */
	if (ps_binding_parse(count, words, &bindings, &error)) {
		text_must_blame(&error, count, words);
		text_must(bindings.count == 1, "what is refused adds nothing");
	} else {
		text_must(bindings.count >= 2, "what is accepted adds a binding");
	}
	text_must(bindings.item[0].line == 7, "what was there stays");
	for (size_t i = 1; i < bindings.count; i++)
		check_accepted(&bindings.item[i]);
	ps_bindings_done(&bindings);
	while (count)
		free(words[--count]);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Endpoints: the first line of the input is the protocols, the rest the place.
 * What is accepted looks as the manual page says, and prints as what parses
 * back; what is refused is blamed on a place in the input.
 */
#include <regex.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything that may be accepted looks so, though not all that does may. */
static void must_look_right(const char *place)
{
	static regex_t pattern;
	static bool is_compiled;

	if (!is_compiled)
		regcomp(&pattern,
			"^(any[46]?|[0-9.]+(/[0-9]+)?|\\[[0-9a-fA-F:.]+(/[0-9]+)?\\])"
			":(any|[0-9]+(-[0-9]+)?|[a-zA-Z][^:]*)$",
			REG_EXTENDED | REG_NOSUB);
	is_compiled = true;
	text_must(!regexec(&pattern, place, 0, NULL, 0), "what is accepted looks like a place");
}

/* Numbers mean what they say. */
static void must_mean(const char *place, const struct ps_endpoint *endpoint)
{
	const char *slash = strchr(place, '/'), *port = strrchr(place, ':') + 1;
	unsigned long first = strtoul(port, NULL, 10);

	if (slash)
		text_must(strtoul(slash + 1, NULL, 10) == endpoint->prefix_len, "prefix length");
	if (first)
		text_must(first == endpoint->port_first, "first port");
	if (first && strchr(port, '-'))
		text_must(strtoul(strchr(port, '-') + 1, NULL, 10) == endpoint->port_last,
			  "last port");
	else if (first)
		text_must(first == endpoint->port_last, "one port");
}

/* What is printed parses back to the same, and prints the same. */
static void must_parse_back(const struct ps_endpoint *endpoint)
{
	char text[PS_ENDPOINT_TEXT], again[PS_ENDPOINT_TEXT], *space;
	struct ps_endpoints parsed;
	struct ps_error error;

	ps_endpoint_format(endpoint, text);
	strcpy(again, text);
	space = strchr(again, ' ');
	text_must(space, "two words are printed");
	*space = '\0';
	text_must(!ps_endpoints_parse(again, space + 1, &parsed, &error), "what is printed parses");
	text_must(parsed.count == 1 && !parsed.masked, "as one endpoint, whole");
	text_must(ps_endpoint_is_equal(&parsed.item[0], endpoint), "as the same endpoint");
	ps_endpoint_format(&parsed.item[0], again);
	text_must(!strcmp(text, again), "and prints the same");
}

static void check_accepted(const char *place, const struct ps_endpoints *endpoints)
{
	must_look_right(place);
	text_must(endpoints->count >= 1 && endpoints->count <= PS_PROTOS, "one to three endpoints");
	text_must(!endpoints->masked || strchr(place, '/'), "only a prefix is masked");
	for (int i = 0; i < endpoints->count; i++) {
		text_must_be_canonical(&endpoints->item[i]);
		must_mean(place, &endpoints->item[i]);
		must_parse_back(&endpoints->item[i]);
		text_must(!i || endpoints->item[i - 1].proto < endpoints->item[i].proto,
			  "protocols in order");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *line = memchr(text, '\n', size);
	size_t first = line ? (size_t)(line - text) : size;
	char *words[] = { text_copy(text, first),
			  text_copy(line ? line + 1 : "", line ? size - first - 1 : 0) };
	struct ps_endpoints endpoints, untouched;
	struct ps_error error;

	memset(&endpoints, 0x5a, sizeof(endpoints));
	memset(&untouched, 0x5a, sizeof(untouched));
	if (!ps_endpoints_parse(words[0], words[1], &endpoints, &error)) {
		check_accepted(words[1], &endpoints);
	} else {
		text_must_blame(&error, 2, words);
		text_must(!memcmp(&endpoints, &untouched, sizeof(endpoints)),
			  "what is refused leaves the result alone");
	}
	free(words[0]);
	free(words[1]);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * YAML as the file needs it: mappings with known keys, lists, short texts. A
 * diagnostic is noted with its place and what it is in is skipped, so that reading
 * goes on; after a diagnostic of the syntax itself it cannot. Anchors, aliases and
 * tags are diagnostics. Pure but for reading the stream.
 */
#ifndef PORTSTEER_FILE_YAML_H
#define PORTSTEER_FILE_YAML_H

#include <yaml.h>
#include "base/text.h"

#define PS_YAML_TEXT 256
#define PS_YAML_KEYS_MAX 32

/*
 * The event that was parsed last is not used up. Every reading function finds
 * the first event of its node there, and leaves the one behind the node.
 */
struct ps_yaml {
	yaml_parser_t parser;
	yaml_event_t event; /* YAML_NO_EVENT when nothing more can be read */
	struct ps_text input;
	struct ps_diagnostics *diagnostics;
	__u32 depth; /* of the nodes that the event is in */
};

/* A scalar. */
struct ps_yaml_text {
	char text[PS_YAML_TEXT];
	struct ps_position place; /* of its first character, inside quotes */
	bool is_plain; /* without quotes */
	bool is_literal; /* each character is at place.column + its index */
};

/* A key of a mapping, and what reads its value into @target. */
struct ps_yaml_key {
	const char *name;
	bool is_needed;
	void (*read)(struct ps_yaml *yaml, void *target);
};

/* Begins, and finds the only document's node. Release with ps_yaml_done(). */
void ps_yaml_init(struct ps_yaml *yaml, FILE *stream, struct ps_diagnostics *diagnostics);
void ps_yaml_done(struct ps_yaml *yaml);

/* That there is nothing behind the node. */
void ps_yaml_end(struct ps_yaml *yaml);

/* Gives up: nothing more can be read. */
void ps_yaml_stop(struct ps_yaml *yaml);

/* Where the current event is. */
struct ps_position ps_yaml_place(const struct ps_yaml *yaml);

/*
 * Reads a mapping. @keys end with a NULL name. Keys that are unknown, given
 * twice, or needed and not there are diagnostics; @what says of what: "a binding".
 */
void ps_yaml_read_mapping(struct ps_yaml *yaml, const struct ps_yaml_key *keys, const char *what,
			  void *target);

/* Reads a list, each item with @read. */
void ps_yaml_read_list(struct ps_yaml *yaml, const char *what,
		       void (*read)(struct ps_yaml *yaml, void *target), void *target);

/* Reads a scalar; -1 and a diagnostic when there is something else, or it is long. */
int ps_yaml_read_text(struct ps_yaml *yaml, struct ps_yaml_text *ret);

/*
 * Some YAML reader takes @text, when it is not in quotes, for a number, a
 * truth value, a date, nothing.
 */
bool ps_yaml_is_ambiguous(const char *text);

/* A diagnostic at character @offset of @text. */
void ps_yaml_diagnose(struct ps_yaml *yaml, const struct ps_yaml_text *text, int offset,
		      const char *message);

#endif

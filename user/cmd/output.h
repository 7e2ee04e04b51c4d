/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rows for people and for programs: each row is one JSON object, printed as
 * it is or as a line of an aligned table with some of its keys.
 */
#ifndef PORTSTEER_CMD_OUTPUT_H
#define PORTSTEER_CMD_OUTPUT_H

#include <stdbool.h>
#include <jansson.h>
#include <linux/types.h>
#include "base/error.h"

/* As the least of a column of a stream: left out where there is no room, the first of them first.
 */
#define PS_MAY_GO ((size_t)-1)

struct ps_column {
	const char *key; /* of the row's object */
	const char *title; /* of a stream also NULL: in JSON only */
	bool is_right; /* aligned, as numbers are */
	size_t least; /* cells that a terminal leaves of it; 0: it is copied, and never cut */
};

enum ps_format {
	PS_TEXT,
	PS_JSON,
	PS_JSON_PRETTY,
};

struct ps_output;

/* @columns ends with a NULL key and must live as long as the output. */
struct ps_output *ps_output_open(enum ps_format format, const struct ps_column *columns);

/* Takes @row over. Its line in the table is printed in @color, NULL: as usual. */
void ps_output_add(struct ps_output *output, json_t *row, const char *color);

/* How many were added. */
size_t ps_output_rows(const struct ps_output *output);

/* Prints what is left and frees @output. */
int ps_output_close(struct ps_output *output, struct ps_error *error);

/*
 * @text on @file, for people. Bytes that a terminal does not show, and those that
 * are no UTF-8, as \\xNN; a \\ that would be read as such an escape as \\x5c.
 */
void ps_output_escaped(FILE *file, const char *text);

/* The same in memory, which the caller frees. */
char *ps_output_shown(const char *text);

/* "portsteer: ", @text with the same escapes, and a newline, on @file. */
void ps_output_line(FILE *file, const char *text);

/* What is said on stderr. What is NULL, empty or 0 is left out. */
struct ps_message {
	const char *key; /* "error" or "note" */
	const char *text;
	const char *severity; /* of a note */
	const char *kind;
	const char *file;
	unsigned int line, column;
	const char *fix; /* the command that stands in the text */
};

/* @message as an object of JSON and a newline, on @file. */
void ps_output_message(FILE *file, const struct ps_message *message);

/* Nanoseconds of CLOCK_REALTIME as "2026-01-31T12:00:00Z". Returns @text. */
const char *ps_output_real_time(__u64 real_ns, char text[32]);

/* Nanoseconds of CLOCK_MONOTONIC, in which BPF programs stamp, the same way. */
const char *ps_output_time(__u64 monotonic_ns, char text[32]);

/*
 * A JSON string of @text, of which at most @size bytes count; never NULL. Bytes
 * that are no UTF-8 as \\xNN, as people see them.
 */
json_t *ps_output_text(const char *text, size_t size);

/* Sets @key of @row to the same of a whole text; NULL: to "". */
void ps_output_set_text(json_t *row, const char *key, const char *text);

#endif

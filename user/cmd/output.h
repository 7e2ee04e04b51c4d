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

struct ps_column {
	const char *key; /* of the row's object */
	const char *title;
	bool is_right; /* aligned, as numbers are */
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

/* Prints what is left and frees @output. */
int ps_output_close(struct ps_output *output, struct ps_error *error);

/*
 * @text on @file, for people. Bytes that a terminal does not show, and those that
 * are no UTF-8, as \\xNN; a \\ that would be read as such an escape as \\x5c.
 */
void ps_output_escaped(FILE *file, const char *text);

/* "portsteer: ", @text with the same escapes, and a newline, on @file. */
void ps_output_line(FILE *file, const char *text);

/*
 * {@key: text} and a newline, on @file: "error", or "note"; with a "fix" unless
 * that is empty.
 */
void ps_output_message(FILE *file, const char *key, const char *text, const char *fix);

/* Nanoseconds of CLOCK_REALTIME as "2026-01-31T12:00:00Z". Returns @text. */
const char *ps_output_real_time(__u64 real_ns, char text[32]);

/* Nanoseconds of CLOCK_MONOTONIC, in which BPF programs stamp, the same way. */
const char *ps_output_time(__u64 monotonic_ns, char text[32]);

/* The same in the time zone of the environment, for people: "2026-01-31 13:00:00". */
const char *ps_output_local_time(__u64 monotonic_ns, char text[32]);

/*
 * A JSON string of @text, of which at most @size bytes count; never NULL. Bytes
 * that are no UTF-8 as \\xNN, as people see them.
 */
json_t *ps_output_text(const char *text, size_t size);

/* Sets @key of @row to the same of a whole text; NULL: to "". */
void ps_output_set_text(json_t *row, const char *key, const char *text);

#endif

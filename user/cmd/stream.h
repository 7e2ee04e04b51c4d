/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rows that are printed one by one and kept nowhere: as JSON, or as lines of a
 * table whose columns were measured before. For what may be a million; tables of
 * few rows are output.h.
 */
#ifndef PORTSTEER_CMD_STREAM_H
#define PORTSTEER_CMD_STREAM_H

#include <stdbool.h>
#include "cmd/output.h"

#define PS_STREAM_FIELDS 24

enum ps_field_kind {
	PS_FIELD_NONE, /* the row has no such key */
	PS_FIELD_TEXT,
	PS_FIELD_NUMBER,
	PS_FIELD_PORT, /* a number that is never short */
	PS_FIELD_BOOLEAN,
};

struct ps_field {
	enum ps_field_kind kind;
	const char *text; /* as it is; escaped when it is printed */
	__u64 number;
};

static inline struct ps_field ps_field_text(const char *text)
{
	return (struct ps_field){ .kind = PS_FIELD_TEXT, .text = text };
}

static inline struct ps_field ps_field_number(__u64 number)
{
	return (struct ps_field){ .kind = PS_FIELD_NUMBER, .number = number };
}

static inline struct ps_field ps_field_port(__u16 port)
{
	return (struct ps_field){ .kind = PS_FIELD_PORT, .number = port };
}

static inline struct ps_field ps_field_boolean(bool is)
{
	return (struct ps_field){ .kind = PS_FIELD_BOOLEAN, .number = is };
}

struct ps_stream {
	enum ps_format format;
	const struct ps_column *keys; /* in the order of JSON; ends without a key */
	bool has_units; /* numbers of a table are short */
	size_t width[PS_STREAM_FIELDS]; /* of each column, as far as it is measured */
	size_t rows; /* that were printed */
};

/* Puts the row with that number into @fields, which are zero. */
typedef void (*ps_make_fields)(void *rows, size_t number, struct ps_field *fields);

/*
 * Prints @count rows, which @make is asked for as often as need be: a document also when there is
 * none.
 */
int ps_stream_rows(struct ps_stream *stream, ps_make_fields make, void *rows, size_t count,
		   struct ps_error *error);

#endif

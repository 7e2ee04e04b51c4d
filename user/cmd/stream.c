// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Rows as they come. See stream.h. Most texts are plain, and most of the time
 * goes into them: what needs an escape goes the long way of output.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cells.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/units.h"
#include "cmd/stream.h"
#include "cmd/terminal.h"

#define BUFFER 65536

/* No byte of @text is escaped anywhere, and each is one cell. */
static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\')
			return false;
	return true;
}

/* What a table shows of @field, if it is no plain text; @held frees it. */
static const char *show(const struct ps_stream *stream, const struct ps_field *field,
			char number[PS_NUMBER_TEXT], char **held)
{
	switch (field->kind) {
	case PS_FIELD_TEXT:
		if (is_plain(field->text))
			return field->text;
		*held = ps_output_shown(field->text);
		return *held;
	case PS_FIELD_NUMBER:
		return stream->has_units ? ps_units_format(field->number, number)
					 : ps_number_format(field->number, number);
	case PS_FIELD_PORT:
		return ps_number_format(field->number, number);
	case PS_FIELD_BOOLEAN:
		return field->number ? "yes" : "no";
	case PS_FIELD_NONE:
		break;
	}
	return "";
}

static size_t width_of(const char *shown)
{
	return is_plain(shown) ? strlen(shown) : ps_cells_width(shown);
}

static void write_blanks(size_t count)
{
	while (count--)
		putc_unlocked(' ', stdout);
}

/* In the table; what was left out has no width, and a title always has. */
static bool is_shown(const struct ps_stream *stream, size_t at)
{
	return stream->keys[at].title && stream->width[at];
}

static bool is_last(const struct ps_stream *stream, size_t at)
{
	while (stream->keys[++at].key)
		if (is_shown(stream, at))
			return false;
	return true;
}

/* What is right of the last column stays away. */
static void write_cell(const struct ps_stream *stream, size_t at, const char *shown)
{
	const struct ps_column *key = &stream->keys[at];
	size_t width = width_of(shown), column = stream->width[at];
	PS_FREED char *cut = NULL;

	if (width > column) {
		cut = ps_memory_new(1, strlen(shown) + 1);
		shown = ps_cells_cut(strcpy(cut, shown), column);
		width = ps_cells_width(shown);
	}
	if (key->is_right)
		write_blanks(column - width);
	fputs_unlocked(shown, stdout);
	if (is_last(stream, at))
		return;
	write_blanks(key->is_right ? 1 : column - width + 1);
}

/* Of a line, with a blank between each two columns. */
static size_t width_of_all(const struct ps_stream *stream)
{
	size_t width = 0;

	for (size_t i = 0; stream->keys[i].key; i++)
		if (is_shown(stream, i))
			width += stream->width[i] + !!width;
	return width;
}

static void leave_out(struct ps_stream *stream, size_t room)
{
	for (size_t i = 0; stream->keys[i].key; i++)
		if (stream->keys[i].least == PS_MAY_GO && width_of_all(stream) > room)
			stream->width[i] = 0;
}

static void cut(struct ps_stream *stream, size_t room)
{
	struct ps_cells_column columns[PS_STREAM_FIELDS];
	size_t count = 0, at = 0;

	for (size_t i = 0; stream->keys[i].key; i++)
		if (is_shown(stream, i))
			columns[count++] =
				(struct ps_cells_column){ stream->width[i], stream->keys[i].least };
	ps_cells_fit(columns, count, room);
	for (size_t i = 0; stream->keys[i].key; i++)
		if (is_shown(stream, i))
			stream->width[i] = columns[at++].width;
}

static void write_titles(struct ps_stream *stream)
{
	size_t room = ps_terminal_width();

	if (room) {
		leave_out(stream, room);
		cut(stream, room);
	}
	for (size_t i = 0; stream->keys[i].key; i++)
		if (is_shown(stream, i))
			write_cell(stream, i, stream->keys[i].title);
	putc_unlocked('\n', stdout);
}

static void write_line(const struct ps_stream *stream, const struct ps_field *fields)
{
	char number[PS_NUMBER_TEXT];

	for (size_t i = 0; stream->keys[i].key; i++) {
		PS_FREED char *held = NULL;

		if (is_shown(stream, i))
			write_cell(stream, i, show(stream, &fields[i], number, &held));
	}
	putc_unlocked('\n', stdout);
}

static void write_string(const char *text)
{
	json_t *string;

	if (is_plain(text)) {
		putc_unlocked('"', stdout);
		fputs_unlocked(text, stdout);
		putc_unlocked('"', stdout);
		return;
	}
	string = ps_output_text(text, strlen(text));
	json_dumpf(string, stdout, JSON_ENCODE_ANY);
	json_decref(string);
}

static void write_value(const struct ps_field *field)
{
	char number[PS_NUMBER_TEXT];

	if (field->kind == PS_FIELD_TEXT)
		write_string(field->text);
	else if (field->kind == PS_FIELD_NUMBER || field->kind == PS_FIELD_PORT)
		fputs_unlocked(ps_number_format(field->number, number), stdout);
	else
		fputs_unlocked(field->number ? "true" : "false", stdout);
}

/* The same bytes as jansson makes of an object. */
static void write_object(const struct ps_stream *stream, const struct ps_field *fields)
{
	bool is_pretty = stream->format == PS_JSON_PRETTY;
	const char *before = is_pretty ? "{\n  \"" : "{\"";

	fputs_unlocked(stream->rows ? "," : "", stdout);
	fputs_unlocked(is_pretty ? "\n" : "", stdout);
	for (size_t i = 0; stream->keys[i].key; i++) {
		if (fields[i].kind == PS_FIELD_NONE)
			continue;
		fputs_unlocked(before, stdout);
		fputs_unlocked(stream->keys[i].key, stdout);
		fputs_unlocked(is_pretty ? "\": " : "\":", stdout);
		write_value(&fields[i]);
		before = is_pretty ? ",\n  \"" : ",\"";
	}
	fputs_unlocked(is_pretty ? "\n}" : "}", stdout);
}

static void begin(struct ps_stream *stream)
{
	if (!isatty(STDOUT_FILENO))
		setvbuf(stdout, NULL, _IOFBF, BUFFER);
	for (size_t i = 0; stream->keys[i].key; i++)
		stream->width[i] = strlen(stream->keys[i].title ?: "");
	if (stream->format != PS_TEXT)
		fputs("[", stdout);
}

static void measure(struct ps_stream *stream, const struct ps_field *fields)
{
	char number[PS_NUMBER_TEXT];

	for (size_t i = 0; stream->keys[i].key; i++) {
		PS_FREED char *held = NULL;
		size_t width;

		if (!stream->keys[i].title)
			continue;
		width = width_of(show(stream, &fields[i], number, &held));
		if (width > stream->width[i])
			stream->width[i] = width;
	}
}

static void print(struct ps_stream *stream, const struct ps_field *fields)
{
	if (stream->format == PS_TEXT && !stream->rows)
		write_titles(stream);
	if (stream->format == PS_TEXT)
		write_line(stream, fields);
	else
		write_object(stream, fields);
	stream->rows++;
}

static int finish(struct ps_stream *stream, struct ps_error *error)
{
	if (stream->format != PS_TEXT)
		fputs(stream->format == PS_JSON_PRETTY && stream->rows ? "\n]\n" : "]\n", stdout);
	if (fflush(stdout) || ferror(stdout))
		return ps_error_errno(error, errno ?: EIO, "cannot write the output");
	return 0;
}

int ps_stream_rows(struct ps_stream *stream, ps_make_fields make, void *rows, size_t count,
		   struct ps_error *error)
{
	begin(stream);
	for (size_t i = 0; stream->format == PS_TEXT && i < count; i++) {
		struct ps_field fields[PS_STREAM_FIELDS] = {};

		make(rows, i, fields);
		measure(stream, fields);
	}
	for (size_t i = 0; i < count && !ferror(stdout); i++) {
		struct ps_field fields[PS_STREAM_FIELDS] = {};

		make(rows, i, fields);
		print(stream, fields);
	}
	return finish(stream, error);
}

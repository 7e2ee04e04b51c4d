// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * JSON by jansson, object by object, so that long lists need no memory;
 * tables by libsmartcols, which aligns.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <libsmartcols.h>
#include "base/cells.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "cmd/output.h"
#include "cmd/terminal.h"

#define COLUMNS_MAX 16 /* that are measured, to be cut */

struct ps_output {
	enum ps_format format;
	const struct ps_column *columns;
	struct libscols_table *table; /* for PS_TEXT */
	size_t rows;
};

enum {
	ESCAPE_BYTES = 1, /* what is no UTF-8, and what looks like an escape */
	ESCAPE_HIDDEN = 2, /* characters that a terminal does not show */
};

/* Text that reads like a byte which was escaped: only its '\\' needs to be. */
static bool is_lookalike(const char *at)
{
	return at[0] == '\\' && at[1] == 'x' && isxdigit((unsigned char)at[2]) &&
	       isxdigit((unsigned char)at[3]);
}

/* @text with these escaped, in memory of its own. */
static char *escaped(const char *text, unsigned int what)
{
	char *shown = ps_memory_new(4, strlen(text) + 1), *end = shown;
	int length;

	for (; *text; text += length) {
		long character = ps_utf8_next(text, &length);
		unsigned int is = character == PS_NO_CHARACTER || is_lookalike(text) ? ESCAPE_BYTES
				  : ps_utf8_is_hidden(character)		     ? ESCAPE_HIDDEN
										     : 0;

		for (int i = 0; i < length; i++)
			end += sprintf(end, is & what ? "\\x%02x" : "%c", (unsigned char)text[i]);
	}
	return shown;
}

static struct libscols_table *new_table(const struct ps_column *columns)
{
	struct libscols_table *table;

	scols_init_debug(0);
	table = scols_new_table();
	if (table)
		scols_table_enable_noencoding(table, 1); /* cells are escaped here */
	for (; table && columns->key; columns++)
		scols_table_new_column(table, columns->title, 0,
				       columns->is_right ? SCOLS_FL_RIGHT : 0);
	return table;
}

struct ps_output *ps_output_open(enum ps_format format, const struct ps_column *columns)
{
	struct ps_output *output = ps_memory_new(1, sizeof(*output));

	output->format = format;
	output->columns = columns;
	if (format == PS_TEXT)
		output->table = new_table(columns);
	else
		fputs("[", stdout);
	return output;
}

static void set_cell(struct libscols_line *line, size_t cell, const json_t *value)
{
	char number[32];

	if (json_is_string(value)) {
		PS_FREED char *shown = escaped(json_string_value(value), ESCAPE_HIDDEN);

		scols_line_set_data(line, cell, shown);
	} else if (json_is_integer(value)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		scols_line_set_data(line, cell, number);
	} else if (json_is_boolean(value)) {
		scols_line_set_data(line, cell, json_is_true(value) ? "yes" : "no");
	}
}

static void add_line(struct ps_output *output, const json_t *row, const char *color)
{
	struct libscols_line *line = scols_table_new_line(output->table, NULL);

	for (size_t i = 0; line && output->columns[i].key; i++)
		set_cell(line, i, json_object_get(row, output->columns[i].key));
	if (line && color) {
		scols_table_enable_colors(output->table, 1);
		scols_line_set_color(line, color);
	}
}

static void print_object(const struct ps_output *output, const json_t *row)
{
	bool is_pretty = output->format == PS_JSON_PRETTY;

	fputs(output->rows ? "," : "", stdout);
	fputs(is_pretty ? "\n" : "", stdout);
	json_dumpf(row, stdout, is_pretty ? JSON_INDENT(2) : JSON_COMPACT);
}

void ps_output_add(struct ps_output *output, json_t *row, const char *color)
{
	if (output->format == PS_TEXT)
		add_line(output, row, color);
	else
		print_object(output, row);
	output->rows++;
	json_decref(row);
}

static const char *cell_of(const struct ps_output *output, size_t row, size_t column)
{
	struct libscols_line *line = scols_table_get_line(output->table, row);

	return scols_cell_get_data(scols_line_get_cell(line, column)) ?: "";
}

static struct ps_cells_column measure(const struct ps_output *output, size_t column)
{
	struct ps_cells_column measured = {
		.width = ps_cells_width(output->columns[column].title),
		.least = output->columns[column].least,
	};

	for (size_t row = 0; row < output->rows; row++) {
		size_t width = ps_cells_width(cell_of(output, row, column));

		if (width > measured.width)
			measured.width = width;
	}
	return measured;
}

static void cut_column(const struct ps_output *output, size_t column, size_t width)
{
	for (size_t row = 0; row < output->rows; row++) {
		const char *whole = cell_of(output, row, column);
		PS_FREED char *text = ps_memory_new(1, strlen(whole) + 1);

		if (ps_cells_width(whole) > width)
			scols_line_set_data(scols_table_get_line(output->table, row), column,
					    ps_cells_cut(strcpy(text, whole), width));
	}
}

/* The long cells, as far as the terminal has no room for them. */
static void cut_cells(const struct ps_output *output, size_t room)
{
	struct ps_cells_column columns[COLUMNS_MAX];
	size_t count = 0;

	for (; count < COLUMNS_MAX && output->columns[count].key; count++)
		columns[count] = measure(output, count);
	ps_cells_fit(columns, count, room);
	for (size_t i = 0; i < count; i++)
		if (columns[i].least)
			cut_column(output, i, columns[i].width);
}

static void print_table(const struct ps_output *output)
{
	size_t room = ps_terminal_width();

	if (room)
		cut_cells(output, room);
	scols_print_table(output->table);
}

size_t ps_output_rows(const struct ps_output *output)
{
	return output->rows;
}

int ps_output_close(struct ps_output *output, struct ps_error *error)
{
	if (output->format != PS_TEXT)
		fputs(output->format == PS_JSON_PRETTY && output->rows ? "\n]\n" : "]\n", stdout);
	else if (output->rows)
		print_table(output);
	if (output->table)
		scols_unref_table(output->table);
	free(output);
	if (fflush(stdout) || ferror(stdout))
		return ps_error_errno(error, errno ?: EIO, "cannot write the output");
	return 0;
}

void ps_output_message(FILE *file, const struct ps_message *message)
{
	json_t *object = json_object();

	ps_output_set_text(object, message->key, message->text);
	if (message->severity)
		ps_output_set_text(object, "severity", message->severity);
	if (message->kind)
		ps_output_set_text(object, "kind", message->kind);
	if (message->file && *message->file)
		ps_output_set_text(object, "file", message->file);
	if (message->line) {
		json_object_set_new(object, "line", json_integer(message->line));
		json_object_set_new(object, "column", json_integer(message->column));
	}
	if (message->fix && *message->fix)
		ps_output_set_text(object, "fix", message->fix);
	json_dumpf(object, file, JSON_COMPACT);
	fputs("\n", file);
	json_decref(object);
}

char *ps_output_shown(const char *text)
{
	return escaped(text, ESCAPE_BYTES | ESCAPE_HIDDEN);
}

void ps_output_escaped(FILE *file, const char *text)
{
	PS_FREED char *shown = ps_output_shown(text);

	fputs(shown, file);
}

void ps_output_line(FILE *file, const char *text)
{
	fputs("portsteer: ", file);
	ps_output_escaped(file, text);
	fputc('\n', file);
}

const char *ps_output_real_time(__u64 real_ns, char text[32])
{
	time_t seconds = (time_t)(real_ns / 1000000000);
	struct tm parts;

	gmtime_r(&seconds, &parts);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return text;
}

static __u64 real_time(__u64 monotonic_ns)
{
	struct timespec real, monotonic;
	long long ahead_ns;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	ahead_ns =
		(real.tv_sec - monotonic.tv_sec) * 1000000000LL + real.tv_nsec - monotonic.tv_nsec;
	return monotonic_ns + (__u64)ahead_ns;
}

const char *ps_output_time(__u64 monotonic_ns, char text[32])
{
	return ps_output_real_time(real_time(monotonic_ns), text);
}

json_t *ps_output_text(const char *text, size_t size)
{
	size_t length = strnlen(text, size);
	PS_FREED char *whole = ps_memory_new(1, length + 1), *shown = NULL;

	memcpy(whole, text, length);
	shown = escaped(whole, ESCAPE_BYTES);
	return json_string(shown);
}

void ps_output_set_text(json_t *row, const char *key, const char *text)
{
	json_object_set_new(row, key, ps_output_text(text ?: "", strlen(text ?: "")));
}

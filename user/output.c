// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * JSON by jansson, object by object, so that long lists need no memory;
 * tables by libsmartcols, which aligns and escapes.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <libsmartcols.h>
#include "memory.h"
#include "output.h"

struct ps_output {
	enum ps_format format;
	const struct ps_column *columns;
	struct libscols_table *table; /* for PS_TEXT */
	size_t rows;
};

static struct libscols_table *new_table(const struct ps_column *columns)
{
	struct libscols_table *table;

	scols_init_debug(0);
	table = scols_new_table();
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
		scols_line_set_data(line, cell, json_string_value(value));
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

int ps_output_close(struct ps_output *output, struct ps_error *error)
{
	if (output->format != PS_TEXT)
		fputs(output->format == PS_JSON_PRETTY && output->rows ? "\n]\n" : "]\n", stdout);
	else if (output->rows)
		scols_print_table(output->table);
	if (output->table)
		scols_unref_table(output->table);
	free(output);
	if (fflush(stdout) || ferror(stdout))
		return ps_error_errno(error, errno ?: EIO, "cannot write the output");
	return 0;
}

void ps_output_message(FILE *file, const char *key, const char *text)
{
	json_t *object = json_object();

	json_object_set_new(object, key, ps_output_text(text, strlen(text)));
	json_dumpf(object, file, JSON_COMPACT);
	fputs("\n", file);
	json_decref(object);
}

/* How many bytes at @text are a control character: C0, DEL, or C1 in UTF-8. */
static int control_length(const char *text)
{
	const unsigned char *byte = (const unsigned char *)text;

	if (byte[0] < 0x20 || byte[0] == 0x7f)
		return 1;
	return byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] < 0xa0 ? 2 : 0;
}

void ps_output_escaped(FILE *file, const char *text)
{
	while (*text) {
		int control = control_length(text);

		if (!control)
			fputc(*text++, file);
		for (; control; control--)
			fprintf(file, "\\x%02x", (unsigned char)*text++);
	}
}

void ps_output_line(FILE *file, const char *text)
{
	fputs("portsteer: ", file);
	ps_output_escaped(file, text);
	fputc('\n', file);
}

static time_t real_time(__u64 monotonic_ns)
{
	struct timespec real, monotonic;
	long long ahead_ns;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	ahead_ns =
		(real.tv_sec - monotonic.tv_sec) * 1000000000LL + real.tv_nsec - monotonic.tv_nsec;
	return ((long long)monotonic_ns + ahead_ns) / 1000000000;
}

const char *ps_output_time(__u64 monotonic_ns, char text[32])
{
	time_t seconds = real_time(monotonic_ns);
	struct tm parts;

	gmtime_r(&seconds, &parts);
	strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return text;
}

const char *ps_output_local_time(__u64 monotonic_ns, char text[32])
{
	time_t seconds = real_time(monotonic_ns);
	struct tm parts;

	localtime_r(&seconds, &parts);
	strftime(text, 32, "%Y-%m-%d %H:%M:%S", &parts);
	return text;
}

json_t *ps_output_text(const char *text, size_t size)
{
	json_t *value = json_stringn(text, strnlen(text, size));

	return value ?: json_string("?"); /* not UTF-8: none of our own making */
}

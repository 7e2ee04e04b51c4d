// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading bindings from a file. See batch.h.
 */
#include <string.h>
#include "base/text.h"
#include "base/utf8.h"
#include "binding/batch.h"
#include "binding/parse.h"

#define WORDS_MAX 16
#define LINE_MAX_BYTES 1024
#define BUFFER_BYTES 16384

/* A file, line by line. */
struct lines {
	struct ps_text text;
	const char *name; /* of the file */
	unsigned char buffer[BUFFER_BYTES];
	size_t at, end; /* of what is in the buffer and was not looked at */
	__u32 number; /* of the line */
	char line[LINE_MAX_BYTES + 1];
	bool had_return; /* the line before ended with CR, which LF may follow */
};

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Cuts @line into words, in place. Their number; WORDS_MAX when there are too many. */
static int split(char *line, char *words[WORDS_MAX])
{
	int count = 0;

	while (count < WORDS_MAX) {
		while (is_blank(*line))
			line++;
		if (!*line || *line == '#')
			break;
		words[count++] = line;
		while (*line && !is_blank(*line))
			line++;
		if (*line)
			*line++ = '\0';
	}
	return count;
}

/* Characters, which editors count, from @line to @at, of words that were cut apart. */
static __u32 column_of(const char *line, const char *at)
{
	__u32 column = 1;
	int length;

	for (; line < at; line += length) {
		length = 1;
		if (*line)
			ps_utf8_next(line, &length);
		column++;
	}
	return column;
}

static int read_line(struct lines *lines, struct ps_bindings *bindings, struct ps_error *error)
{
	char *words[WORDS_MAX];
	size_t before = bindings->count;
	int count = split(lines->line, words);

	if (!count)
		return 0;
	if (ps_binding_parse(count, words, bindings, error)) {
		const char *at = words[error->word < 0 ? 0 : error->word] + error->offset;

		return ps_error_locate(error, lines->name, lines->number,
				       column_of(lines->line, at));
	}
	for (size_t i = before; i < bindings->count; i++) {
		bindings->item[i].line = lines->number;
		bindings->item[i].column = column_of(lines->line, words[0]);
	}
	return 0;
}

/* The next byte, or EOF. */
static int next_byte(struct lines *lines)
{
	if (lines->at == lines->end) {
		lines->at = 0;
		lines->end = ps_text_read(&lines->text, lines->buffer, sizeof(lines->buffer));
	}
	return lines->at < lines->end ? lines->buffer[lines->at++] : EOF;
}

/* Reads the next line. Its length, -1 at the end; above LINE_MAX_BYTES: too long. */
static int next_line(struct lines *lines)
{
	int length = 0, byte = next_byte(lines);

	lines->number++;
	if (byte == '\n' && lines->had_return)
		byte = next_byte(lines);
	while (byte != EOF && byte != '\n' && byte != '\r') {
		if (length == LINE_MAX_BYTES)
			return LINE_MAX_BYTES + 1;
		lines->line[length++] = (char)byte;
		byte = next_byte(lines);
	}
	lines->line[length] = '\0';
	lines->had_return = byte == '\r';
	return byte == EOF && !length ? -1 : length;
}

/* A byte of this line, which ends there, is a fault. */
static bool is_cut(const struct lines *lines)
{
	return lines->text.has_fault &&
	       lines->number >= lines->text.diagnostics->item[0].place.line;
}

static int read_lines(struct lines *lines, struct ps_bindings *bindings, struct ps_error *error)
{
	int length;

	while ((length = next_line(lines)) >= 0) {
		if (length > LINE_MAX_BYTES) {
			ps_error_set(error, PS_EXIT_USAGE, "a line has at most %d bytes",
				     LINE_MAX_BYTES);
			return ps_error_locate(error, lines->name, lines->number, 1);
		}
		if (bindings->count > PS_BINDINGS_MAX) {
			ps_error_set(error, PS_EXIT_USAGE, "more than %d bindings",
				     PS_BINDINGS_MAX);
			return ps_error_locate(error, lines->name, lines->number, 1);
		}
		if (!is_cut(lines) && read_line(lines, bindings, error))
			return -1;
	}
	return 0;
}

static int refuse(const struct lines *lines, struct ps_error *error)
{
	const struct ps_diagnostic *first = &lines->text.diagnostics->item[0];

	ps_error_set(error, PS_EXIT_USAGE, "%s", first->text);
	return ps_error_locate(error, lines->name, first->place.line, first->place.column);
}

int ps_batch_read(FILE *file, const char *name, struct ps_bindings *bindings,
		  struct ps_error *error)
{
	struct ps_diagnostics diagnostics = {};
	struct lines lines = { .name = name };
	int failed;

	ps_bindings_expect_file(bindings, file);
	ps_text_init(&lines.text, file, PS_TEXT_LINES, &diagnostics);
	failed = read_lines(&lines, bindings, error);
	if (!failed && lines.text.has_fault)
		failed = refuse(&lines, error);
	if (!failed && lines.text.error)
		failed = ps_error_errno(error, lines.text.error, "cannot read %s", name);
	ps_diagnostics_done(&diagnostics);
	return failed;
}

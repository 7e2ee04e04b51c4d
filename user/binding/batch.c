// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading bindings from a file. See batch.h.
 */
#include <errno.h>
#include <string.h>
#include "base/progress.h"
#include "binding/batch.h"
#include "binding/parse.h"

#define WORDS_MAX 16
#define LINE_MAX_BYTES 1024
#define LINES_AT_ONCE 512 /* of which progress is told */

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
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

static int read_line(char *line, __u32 number, const char *name, struct ps_bindings *bindings,
		     struct ps_error *error)
{
	char *words[WORDS_MAX];
	size_t before = bindings->count;
	int count = split(line, words);

	if (!count)
		return 0;
	if (ps_binding_parse(count, words, bindings, error)) {
		int word = error->word < 0 ? 0 : error->word;

		return ps_error_locate(error, name, number,
				       (__u32)(words[word] - line + error->offset + 1));
	}
	for (size_t i = before; i < bindings->count; i++) {
		bindings->item[i].line = number;
		bindings->item[i].column = (__u32)(words[0] - line) + 1;
	}
	return 0;
}

/* Reads the next line into @line. Its length, -1 at the end; above LINE_MAX_BYTES: too long. */
static int get_line(FILE *file, char line[LINE_MAX_BYTES + 1])
{
	int length = 0, byte;

	while ((byte = getc_unlocked(file)) != EOF && byte != '\n') {
		if (length == LINE_MAX_BYTES)
			return LINE_MAX_BYTES + 1;
		line[length++] = (char)byte;
	}
	line[length] = '\0';
	return byte == EOF && !length ? -1 : length;
}

int ps_batch_read(FILE *file, const char *name, struct ps_bindings *bindings,
		  struct ps_error *error)
{
	char line[LINE_MAX_BYTES + 1];
	size_t bytes = 0;
	int length;

	ps_bindings_expect_file(bindings, file);
	for (__u32 number = 1; (length = get_line(file, line)) >= 0; number++) {
		bytes += (size_t)length + 1;
		if (number % LINES_AT_ONCE == 0) {
			ps_progress_add(bytes);
			bytes = 0;
		}
		if (length > LINE_MAX_BYTES || strlen(line) != (size_t)length) {
			ps_error_set(error, PS_EXIT_USAGE,
				     "a line has at most %d bytes, and no NUL", LINE_MAX_BYTES);
			return ps_error_locate(error, name, number, 1);
		}
		if (bindings->count > PS_BINDINGS_MAX) {
			ps_error_set(error, PS_EXIT_USAGE, "more than %d bindings",
				     PS_BINDINGS_MAX);
			return ps_error_locate(error, name, number, 1);
		}
		if (read_line(line, number, name, bindings, error))
			return -1;
	}
	if (ferror(file))
		return ps_error_errno(error, errno, "cannot read %s", name);
	return 0;
}

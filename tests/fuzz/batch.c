// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Batch files. What is accepted, printed as a batch, is read back as the same
 * bindings; what is refused names a line and a column of the file, and all
 * lines before it are accepted. Which bytes are text, base/text.h says here too;
 * what lines and columns are is counted again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "binding/batch.h"
#include "binding/parse.h"
#include "text.h"

#define NAME "f"
#define LINE_MAX_BYTES 1024
#define WORDS_MAX 16

/* What a file is up to its first fault: lines that end with LF. */
struct lines {
	char *text; /* to be freed */
	size_t size;
	struct ps_position fault; /* line 0: there is none */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *open_text(const char *text, size_t size)
{
	FILE *file = fmemopen((void *)text, size, "r");

	if (!file)
		abort();
	return file;
}

static int read_text(const char *text, size_t size, struct ps_bindings *ret, struct ps_error *error)
{
	FILE *file = open_text(text, size);
	int result = ps_batch_read(file, NAME, ret, error);

	fclose(file);
	return result;
}

/* CR, or CR LF, as LF; in place. */
static void end_lines(struct lines *lines)
{
	size_t kept = 0;

	for (size_t i = 0; i < lines->size; i++)
		if (lines->text[i] != '\n' || !i || lines->text[i - 1] != '\r')
			lines->text[kept++] = lines->text[i];
	lines->size = kept;
	for (size_t i = 0; i < kept; i++)
		if (lines->text[i] == '\r')
			lines->text[i] = '\n';
}

static struct lines read_lines(const char *text, size_t size)
{
	struct lines lines = { .text = malloc(size + PS_TEXT_MARK) };
	struct ps_diagnostics diagnostics = {};
	FILE *file = open_text(text, size);
	struct ps_text reader;

	if (!lines.text)
		abort();
	ps_text_init(&reader, file, PS_TEXT_LINES, &diagnostics);
	lines.size = ps_text_read(&reader, (unsigned char *)lines.text, size + PS_TEXT_MARK);
	if (reader.has_fault)
		lines.fault = diagnostics.item[0].place;
	ps_diagnostics_done(&diagnostics);
	fclose(file);
	end_lines(&lines);
	return lines;
}

static unsigned int count_lines(const struct lines *lines)
{
	unsigned int count = 1;

	for (size_t i = 0; i < lines->size; i++)
		count += lines->text[i] == '\n';
	return count;
}

/* Of UTF-8: the bytes that begin one. */
static unsigned int count_characters(const char *text, size_t size)
{
	unsigned int count = 0;

	for (size_t i = 0; i < size; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* What `bindings` prints of each, one a line; to be freed. */
static char *print(const struct ps_bindings *bindings, size_t *ret_size)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, ret_size);

	for (size_t i = 0; i < bindings->count; i++) {
		const struct ps_binding *binding = &bindings->item[i];
		char endpoint[PS_ENDPOINT_TEXT], action[PS_ACTION_TEXT];

		fprintf(file, "%s %s%s%s\n", ps_endpoint_format(&binding->endpoint, endpoint),
			ps_action_format(binding, action), binding->name[0] ? " name " : "",
			binding->name);
	}
	fclose(file);
	return text;
}

static void must_read_back(const struct ps_bindings *bindings)
{
	struct ps_bindings again = {};
	struct ps_error error;
	size_t size;
	char *text = print(bindings, &size);

	if (size)
		text_must(!read_text(text, size, &again, &error), "what is printed can be read");
	text_must(again.count == bindings->count, "as many bindings");
	for (size_t i = 0; i < again.count; i++) {
		text_must_be_equal(&again.item[i], &bindings->item[i]);
		text_must(again.item[i].line == i + 1, "each with its line");
	}
	ps_bindings_done(&again);
	free(text);
}

static void check_accepted(const struct lines *lines, const struct ps_bindings *bindings)
{
	unsigned int count = count_lines(lines), last = 1;

	text_must(!lines->fault.line, "what is accepted is text");
	for (size_t i = 0; i < bindings->count; i++) {
		text_must_be_canonical(&bindings->item[i].endpoint);
		text_must(bindings->item[i].line >= last && bindings->item[i].line <= count,
			  "a binding is from a line of the file, in their order");
		last = bindings->item[i].line;
	}
	must_read_back(bindings);
}

/* The byte behind the end of line @number, or the end; @ret_start is where it begins. */
static size_t find_line(const struct lines *lines, unsigned int number, size_t *ret_start)
{
	const char *text = lines->text;
	size_t start = 0, end;

	for (; number > 1; number--)
		start = (size_t)((const char *)memchr(text + start, '\n', lines->size - start) -
				 text) +
			1;
	for (end = start; end < lines->size && text[end] != '\n'; end++)
		;
	*ret_start = start;
	return end;
}

/* Where the words of a line begin, which becomes strings; their number. */
static int split(char *line, char *words[WORDS_MAX])
{
	char *rest = line, *word;
	int count = 0;

	while (count < WORDS_MAX && (word = strsep(&rest, " \t")))
		if (word[0] == '#')
			break;
		else if (word[0])
			words[count++] = word;
	return count;
}

/* The column is that of the word and offset that the words alone are blamed for. */
static void must_blame_same(const char *start, size_t length, unsigned int column)
{
	char *line = text_copy(start, length), *words[WORDS_MAX];
	bool is_read = length <= LINE_MAX_BYTES && strlen(line) == length;
	struct ps_bindings bindings = {};
	struct ps_error error;

	if (is_read) {
		int count = split(line, words);

		text_must(ps_binding_parse(count, words, &bindings, &error),
			  "what is refused as a line is refused as words");
		text_must(count_characters(start, (size_t)(words[error.word] - line) +
							  (size_t)error.offset) +
					  1 ==
				  column,
			  "the column is where the fault is");
	} else {
		text_must(column == 1, "what is no line is refused as a whole");
	}
	free(line);
}

/* A fault is the first thing that is wrong, unless its line is too long before it. */
static bool is_fault(const struct lines *lines, unsigned int line, unsigned int column,
		     size_t length)
{
	if (line < lines->fault.line || !lines->fault.line || length > LINE_MAX_BYTES)
		return false;
	text_must(line == lines->fault.line && column == lines->fault.column,
		  "what is no text is refused where it is");
	return true;
}

static void check_place(const struct lines *lines, unsigned int line, unsigned int column)
{
	struct ps_bindings before = {};
	struct ps_error ignored;
	size_t start, end;

	text_must(line >= 1 && line <= count_lines(lines), "the line is in the file");
	end = find_line(lines, line, &start);
	text_must(column >= 1 && column <= end - start + 1, "the column is in the line");
	if (!is_fault(lines, line, column, end - start))
		must_blame_same(lines->text + start, end - start, column);
	if (start)
		text_must(!read_text(lines->text, start, &before, &ignored),
			  "all before the line can be read");
	ps_bindings_done(&before);
}

static void check_refused(const struct lines *lines, const struct ps_error *error)
{
	unsigned int line, column;
	int used = 0;

	text_must(error->status == PS_EXIT_USAGE, "an error of input has the status for it");
	text_must(sscanf(error->text, NAME ":%u:%u: %n", &line, &column, &used) == 2 && used,
		  "an error names its line and column");
	text_must(error->text[used], "an error has words");
	check_place(lines, line, column);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct ps_bindings bindings = {};
	struct ps_error error;
	struct lines lines;

	if (!size)
		return 0;
	lines = read_lines(text, size);
	if (read_text(text, size, &bindings, &error))
		check_refused(&lines, &error);
	else
		check_accepted(&lines, &bindings);
	ps_bindings_done(&bindings);
	free(lines.text);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Batch files. What is accepted, printed as a batch, is read back as the same
 * bindings; what is refused names a line and a column of the file, and all
 * lines before it are accepted.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "binding/batch.h"
#include "binding/parse.h"
#include "text.h"

#define NAME "f"
#define LINE_MAX_BYTES 1024
#define WORDS_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int read_text(const char *text, size_t size, struct ps_bindings *ret, struct ps_error *error)
{
	FILE *file = fmemopen((void *)text, size, "r");
	int result;

	if (!file)
		abort();
	result = ps_batch_read(file, NAME, ret, error);
	fclose(file);
	return result;
}

static unsigned int count_lines(const char *text, size_t size)
{
	unsigned int lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	return lines;
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

static void check_accepted(const char *text, size_t size, const struct ps_bindings *bindings)
{
	unsigned int lines = count_lines(text, size), last = 1;

	for (size_t i = 0; i < bindings->count; i++) {
		text_must_be_canonical(&bindings->item[i].endpoint);
		text_must(bindings->item[i].line >= last && bindings->item[i].line <= lines,
			  "a binding is from a line of the file, in their order");
		last = bindings->item[i].line;
	}
	must_read_back(bindings);
}

/* The byte behind the end of line @number, or the end; @ret_start is where it begins. */
static size_t find_line(const char *text, size_t size, unsigned int number, size_t *ret_start)
{
	size_t start = 0, end;

	for (; number > 1; number--)
		start = (size_t)((const char *)memchr(text + start, '\n', size - start) - text) + 1;
	for (end = start; end < size && text[end] != '\n'; end++)
		;
	*ret_start = start;
	return end;
}

/* Where the words of a line begin, which becomes strings; their number. */
static int split(char *line, char *words[WORDS_MAX])
{
	char *rest = line, *word;
	int count = 0;

	while (count < WORDS_MAX && (word = strsep(&rest, " \t\r")))
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
		text_must(words[error.word] - line + error.offset + 1 == column,
			  "the column is where the fault is");
	} else {
		text_must(column == 1, "what is no line is refused as a whole");
	}
	free(line);
}

/* Of printable ASCII alone: what else there may be is judged by the reader of texts, which has
 * tests. */
static bool is_plain(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((text[i] < ' ' || text[i] > '~') && text[i] != '\n' && text[i] != '\t')
			return false;
	return true;
}

static void check_refused(const char *text, size_t size, const struct ps_error *error)
{
	struct ps_bindings before = {};
	struct ps_error ignored;
	unsigned int line, column;
	size_t start, end;
	int used = 0;

	text_must(error->status == PS_EXIT_USAGE, "an error of input has the status for it");
	text_must(sscanf(error->text, NAME ":%u:%u: %n", &line, &column, &used) == 2 && used,
		  "an error names its line and column");
	text_must(error->text[used], "an error has words");
	if (!is_plain(text, size))
		return;
	text_must(line >= 1 && line <= count_lines(text, size), "the line is in the file");
	end = find_line(text, size, line, &start);
	text_must(column >= 1 && column <= end - start + 1, "the column is in the line");
	must_blame_same(text + start, end - start, column);
	if (start)
		text_must(!read_text(text, start, &before, &ignored),
			  "all before the line can be read");
	ps_bindings_done(&before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ps_bindings bindings = {};
	struct ps_error error;

	if (!size)
		return 0;
	if (read_text((const char *)data, size, &bindings, &error))
		check_refused((const char *)data, size, &error);
	else
		check_accepted((const char *)data, size, &bindings);
	ps_bindings_done(&bindings);
	return 0;
}

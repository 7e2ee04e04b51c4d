// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading the file of a command, and saying all that is wrong with it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/utf8.h"
#include "cmd/context.h"
#include "conflict/conflict.h"
#include "conflict/duplicate.h"
#include "file/file.h"

/* Every fault is a line of its own; of more than one, how many there are comes last. */
static int refuse(struct ps_context *context, const char *name, enum ps_exit status,
		  struct ps_faults *faults)
{
	char text[1024];

	ps_faults_sort(faults);
	for (size_t i = 0; i < faults->count; i++) {
		const struct ps_fault *fault = &faults->item[i];

		ps_utf8_print(text, sizeof(text), "%.400s:%u:%u: %s", name, fault->place.line,
			      fault->place.column, fault->text);
		if (faults->total > 1)
			ps_context_print_error(context, text, "");
	}
	if (faults->total == 1)
		return ps_error_set(&context->error, status, "%s", text);
	return ps_error_set(&context->error, status, "%zu faults in %s%s", faults->total, name,
			    faults->total > faults->count ? "; the first are above" : "");
}

static FILE *open_stream(struct ps_context *context, const char *path)
{
	FILE *stream = strcmp(path, "-") ? fopen(path, "re") : stdin;

	if (!stream)
		ps_error_errno(&context->error, errno, "cannot open %s", path);
	return stream;
}

static const char *name_of(const char *path)
{
	return strcmp(path, "-") ? path : "<stdin>";
}

/* Reads the file; 0 also when there are faults. */
static int read_stream(struct ps_context *context, const char *path, struct ps_file *ret,
		       struct ps_faults *faults)
{
	FILE *stream = open_stream(context, path);
	struct ps_error cause;
	int failed;

	*ret = (struct ps_file){};
	if (!stream)
		return -1;
	ps_context_begin_reading(context, stream);
	failed = ps_file_read(stream, ret, faults, &cause);
	ps_context_end();
	if (stream != stdin)
		fclose(stream);
	if (!failed || faults->total)
		return 0;
	return ps_error_set(&context->error, cause.status, "%s: %s", name_of(path), cause.text);
}

int ps_context_parse_file(struct ps_context *context, const char *path, struct ps_file *ret)
{
	struct ps_faults faults = {};
	int failed = read_stream(context, path, ret, &faults);

	if (faults.total)
		failed = refuse(context, name_of(path), PS_EXIT_USAGE, &faults);
	ps_faults_done(&faults);
	return failed;
}

int ps_context_read_file(struct ps_context *context, const char *path, struct ps_file *ret)
{
	struct ps_conflicts conflicts = {};
	struct ps_faults faults = {};
	int failed = read_stream(context, path, ret, &faults);
	enum ps_exit status = faults.total ? PS_EXIT_USAGE : PS_EXIT_CONFLICT;

	ps_file_check(&ret->bindings, &conflicts);
	ps_file_note_conflicts(&conflicts, &faults);
	if (!failed && faults.total)
		failed = refuse(context, name_of(path), status, &faults);
	ps_conflicts_done(&conflicts);
	ps_faults_done(&faults);
	return failed;
}

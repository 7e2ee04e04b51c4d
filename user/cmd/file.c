// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading the file of a command, and saying all that is wrong with it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cmd/context.h"
#include "conflict/conflict.h"
#include "conflict/duplicate.h"
#include "file/file.h"

/* Every diagnostic is a line of its own; of more than one, how many there are comes last. */
static int refuse(struct ps_context *context, const char *name, enum ps_exit status,
		  struct ps_diagnostics *diagnostics)
{
	struct ps_error error;

	ps_diagnostics_sort(diagnostics);
	for (size_t i = 0; i < diagnostics->count; i++) {
		const struct ps_diagnostic *diagnostic = &diagnostics->item[i];

		ps_error_set(&error, status, "%s", diagnostic->text);
		ps_error_locate(&error, name, diagnostic->place.line, diagnostic->place.column);
		if (diagnostics->total > 1)
			ps_context_print_error(context, &error);
	}
	if (diagnostics->total > 1)
		ps_error_set(&error, status, "%zu faults in %s%s", diagnostics->total, name,
			     diagnostics->total > diagnostics->count ? "; the first are above"
								     : "");
	context->error = error;
	return -1;
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

/* Reads the file; 0 also when there are diagnostics. */
static int read_stream(struct ps_context *context, const char *path, struct ps_file *ret,
		       struct ps_diagnostics *diagnostics)
{
	FILE *stream = open_stream(context, path);
	struct ps_error cause;
	int failed;

	*ret = (struct ps_file){};
	context->apply.source = name_of(path);
	if (!stream)
		return -1;
	ps_context_begin_reading(context, stream);
	failed = ps_file_read(stream, ret, diagnostics, &cause);
	ps_context_end();
	if (stream != stdin)
		fclose(stream);
	if (!failed || diagnostics->total)
		return 0;
	return ps_error_set(&context->error, cause.status, "%s: %s", name_of(path), cause.text);
}

int ps_context_parse_file(struct ps_context *context, const char *path, struct ps_file *ret)
{
	struct ps_diagnostics diagnostics = {};
	int failed = read_stream(context, path, ret, &diagnostics);

	if (diagnostics.total)
		failed = refuse(context, name_of(path), PS_EXIT_USAGE, &diagnostics);
	ps_diagnostics_done(&diagnostics);
	return failed;
}

int ps_context_read_file(struct ps_context *context, const char *path, struct ps_file *ret)
{
	struct ps_conflicts conflicts = {};
	struct ps_diagnostics diagnostics = {};
	int failed = read_stream(context, path, ret, &diagnostics);
	enum ps_exit status = diagnostics.total ? PS_EXIT_USAGE : PS_EXIT_CONFLICT;

	ps_file_check(&ret->bindings, &conflicts);
	ps_file_note_conflicts(&conflicts, &diagnostics);
	if (!failed && diagnostics.total)
		failed = refuse(context, name_of(path), status, &diagnostics);
	ps_conflicts_done(&conflicts);
	ps_diagnostics_done(&diagnostics);
	return failed;
}

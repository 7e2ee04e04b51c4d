// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Reading the file of a command, and saying all that is wrong with it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cmd.h"

/* Every fault is a line of its own; of more than one, how many there are comes last. */
static int refuse(struct ps_context *context, const char *name, enum ps_exit status,
		  struct ps_faults *faults)
{
	char text[1024];

	ps_faults_sort(faults);
	for (size_t i = 0; i < faults->count; i++) {
		const struct ps_fault *fault = &faults->item[i];

		snprintf(text, sizeof(text), "%.400s:%u:%u: %s", name, fault->place.line,
			 fault->place.column, fault->text);
		if (faults->total > 1)
			ps_context_print_error(context, text);
	}
	if (faults->total == 1)
		return ps_error_set(&context->error, status, "%s", text);
	return ps_error_set(&context->error, status, "%zu faults in %s%s", faults->total, name,
			    faults->total > faults->count ? "; the first are above" : "");
}

static int read_stream(struct ps_context *context, FILE *stream, const char *name,
		       struct ps_file *ret)
{
	struct ps_conflicts conflicts = {};
	struct ps_faults faults = {};
	struct ps_error cause;
	int failed = ps_file_read(stream, ret, &faults, &cause);

	ps_file_check(ret, &conflicts);
	ps_file_note_conflicts(&conflicts, &faults);
	if (failed && !faults.total)
		ps_error_set(&context->error, cause.status, "%s: %s", name, cause.text);
	else if (faults.total)
		failed = refuse(context, name, failed ? PS_EXIT_USAGE : PS_EXIT_CONFLICT, &faults);
	ps_conflicts_done(&conflicts);
	ps_faults_done(&faults);
	return failed;
}

int ps_context_read_file(struct ps_context *context, const char *path, struct ps_file *ret)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *stream = is_stdin ? stdin : fopen(path, "re");
	int failed;

	*ret = (struct ps_file){};
	if (!stream)
		return ps_error_errno(&context->error, errno, "cannot open %s", path);
	failed = read_stream(context, stream, is_stdin ? "<stdin>" : path, ret);
	if (!is_stdin)
		fclose(stream);
	return failed;
}

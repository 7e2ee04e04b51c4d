// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * apply: the table, the interfaces it is for, sockets and the guard become what a file says.
 */
#include <limits.h>
#include <stdio.h>
#include "apply/transition.h"
#include "cmd/changes.h"
#include "cmd/context.h"

#define CONFIRM_SECONDS_MAX 86400

static int compare_files(struct ps_context *context, const char *path,
			 struct ps_transition *transition)
{
	struct ps_file from;
	int failed = ps_context_read_file(context, path, &from);

	ps_transition_compare_file(&from, transition);
	ps_file_done(&from);
	return failed;
}

static int dry_run(struct ps_context *context, struct ps_transition *transition)
{
	const char *from = ps_context_value(context, "from");

	if ((from ? compare_files(context, from, transition)
		  : ps_apply_compare(&context->apply, transition)) ||
	    ps_transition_print(context, transition))
		return -1;
	return ps_transition_is_nothing(transition) ? PS_EXIT_DONE : PS_EXIT_DIFFERS;
}

static int print_changes(void *to, const struct ps_transition *transition)
{
	struct ps_context *context = to;

	context->is_in_force = !ps_transition_is_nothing(transition);
	return ps_transition_print(context, transition);
}

static int apply(struct ps_context *context, struct ps_transition *transition)
{
	long seconds = 0;

	if (ps_context_read_size(context) ||
	    ps_context_number(context, "confirm", 1, CONFIRM_SECONDS_MAX, &seconds))
		return -1;
	context->report.changed = print_changes;
	fflush(stdout); /* or the process of a trial would have it to print as well */
	return ps_apply_file(&context->apply, transition, (int)seconds) ? -1 : PS_EXIT_DONE;
}

static int check_words(struct ps_context *context)
{
	long seconds;

	if (ps_context_number(context, "confirm", 1, CONFIRM_SECONDS_MAX, &seconds))
		return -1; /* before a file is missed that stands where the seconds must be */
	if (!context->count)
		return ps_error_at(&context->error, -1, 0, "apply needs a file, or - for stdin");
	if (ps_context_has(context, "from") && !ps_context_has(context, "dry-run"))
		return ps_error_at(&context->error, -1, 0, "--from is for --dry-run");
	if (ps_context_has(context, "from") && ps_context_has(context, "if-generation"))
		return ps_error_at(&context->error, -1, 0,
				   "a file has no generation; "
				   "--if-generation is for a table");
	if (ps_context_has(context, "confirm") && ps_context_has(context, "dry-run"))
		return ps_error_at(&context->error, -1, 0,
				   "--dry-run changes nothing to --confirm");
	return ps_context_expect(context, 1);
}

static void read_flags(struct ps_context *context)
{
	context->apply.is_strict = ps_context_has(context, "strict");
	context->apply.allows_missing = ps_context_has(context, "allow-missing");
	context->apply.is_detached = ps_context_has(context, "detached");
}

/* 0 is that of no table. */
static int read_generation(struct ps_context *context)
{
	long value = 0;

	if (ps_context_number(context, "if-generation", 0, LONG_MAX, &value))
		return -1;
	context->apply.has_generation = ps_context_has(context, "if-generation");
	context->apply.generation = (__u64)value;
	return 0;
}

static int run_apply(struct ps_context *context)
{
	struct ps_transition transition = {};
	int status = -1;

	if (check_words(context) || read_generation(context))
		return -1;
	read_flags(context);
	if (!ps_context_read_file(context, context->word[0], &transition.file))
		status = ps_context_has(context, "dry-run") ? dry_run(context, &transition)
							    : apply(context, &transition);
	ps_transition_done(&transition);
	return status;
}

static const struct ps_option apply_options[] = {
	{ "dry-run", NULL, 0 },	      { "from", "FILE", 0 },	  { "confirm", "SECONDS", 0 },
	{ "strict", NULL, 0 },	      { "max-bindings", "N", 0 }, { "if-generation", "N", 0 },
	{ "allow-missing", NULL, 0 }, { "detached", NULL, 0 },	  {},
};

PS_COMMAND(apply) = {
	.kind = PS_VERB,
	.name = "apply",
	.arguments = "FILE",
	.summary = "make the table equal to a file",
	.details =
		"Reads FILE (YAML or JSON, see portsteer.conf(5)); '-' reads stdin. What is not\n"
		"in it is removed; what stays keeps its counters. Packets see the old table or\n"
		"the new one. Prints what was added (+), changed (~) and removed (-), then how\n"
		"much of each and the generation of the table. When the file has errors, all of\n"
		"them are reported and nothing is changed.\n\n"
		"  --dry-run     only print; exit status 10 when there is something to do\n"
		"  --from FILE   with --dry-run: compare with FILE, not with the live table\n"
		"  --confirm SECONDS\n"
		"                restore the previous table after this time unless 'confirm'\n"
		"                keeps the new one; also when the terminal is gone\n"
		"  --strict      refuse what would take traffic from a local socket or from\n"
		"                this host's outgoing connections, or meet no packet\n"
		"  --if-generation N\n"
		"                only if the table is still the one of generation N\n"
		"  --allow-missing\n"
		"                leave out interfaces of FILE that do not exist, with a warning\n"
		"  --detached    also when nothing is attached and FILE names no interfaces\n"
		"  --max-bindings N\n"
		"                the table may have N bindings (16000000); it grows by itself\n\n"
		"JSON keys: change (added, changed, removed), endpoint, words, name; of a change\n"
		"also words_before, name_before; or interface, socket or guard in the place of\n"
		"endpoint and name.\n",
	.options = apply_options,
	.run = run_apply,
};

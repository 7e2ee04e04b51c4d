// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * apply: the table, the interfaces it is for, sockets and the guard become what a file says.
 */
#include <stdio.h>
#include <string.h>
#include "cmd_confirm.h"
#include "instance_dir.h"
#include "open.h"

#define CONFIRM_SECONDS_MAX 86400

/* Compares it with the live table; what apply would refuse is refused. */
static int compare_live(struct ps_context *context, struct ps_transition *transition)
{
	struct ps_conflicts conflicts = {};
	struct ps_instance instance;
	int opened = ps_context_read(context, PS_DRAFT_READS, &instance), failed;

	if (opened)
		return opened < 0 ? -1 : ps_transition_compare(context, NULL, transition);
	failed = ps_transition_compare(context, &instance, transition) ||
		 ps_context_rehearse(context, &instance, &transition->bindings.plan, &conflicts);
	ps_conflicts_done(&conflicts);
	ps_instance_close(&instance);
	return failed;
}

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

	if ((from ? compare_files(context, from, transition) : compare_live(context, transition)) ||
	    ps_transition_print(context, transition))
		return -1;
	return ps_transition_is_nothing(transition) ? PS_EXIT_DONE : PS_EXIT_DIFFERS;
}

/* After a failure behind the publishing: what was there comes back, and with it the old table. */
static int go_back(struct ps_context *context, struct ps_instance *instance,
		   struct ps_transition *transition, const struct ps_file *former)
{
	struct ps_context silent = { .instance = context->instance, .is_quiet = true };
	const struct ps_error cause = context->error;

	if (!transition->is_published)
		return -1;
	if (ps_transition_go_back(&silent, instance, former))
		return ps_error_set(
			&context->error, cause.status,
			"the table is as the file says, but: %s; what was before cannot "
			"be put back: %s",
			cause.text, silent.error.text);
	transition->is_published = false;
	return ps_error_set(&context->error, cause.status,
			    "%s; the former table, and what was attached, is in force again",
			    cause.text);
}

static int start_trial(struct ps_context *context, struct ps_trial *trial)
{
	if (ps_trial_start(trial))
		return ps_error_set(&context->error, PS_EXIT_REFUSED,
				    "the process that would take the change back is gone");
	ps_context_note(context,
			"note: the former table comes back in %d s, unless 'confirm' keeps this "
			"one",
			trial->seconds);
	return 0;
}

static int try_out(struct ps_context *context, struct ps_instance *instance,
		   struct ps_transition *transition, struct ps_file *former, int seconds)
{
	struct ps_trial trial = { .seconds = seconds };

	if (ps_confirm_begin(context, instance, transition, former, &trial))
		return -1;
	if (ps_transition_carry_out(context, instance, transition) &&
	    go_back(context, instance, transition, former)) {
		if (transition->is_published) /* then its process may be more lucky */
			ps_trial_start(&trial);
		else
			ps_trial_cancel(&trial);
		return -1;
	}
	if (!start_trial(context, &trial))
		return 0;
	go_back(context, instance, transition, former);
	ps_trial_forget(instance);
	return -1;
}

/* Without, publishing is the last step, and nothing fails behind it. */
static bool has_more_than_bindings(const struct ps_file *file)
{
	return file->has_interfaces || file->has_guard || file->has_sockets;
}

static int carry_out(struct ps_context *context, struct ps_instance *instance,
		     struct ps_transition *transition)
{
	struct ps_file former = {};
	long seconds = 0;
	int failed;

	if (ps_context_number(context, "confirm", 1, CONFIRM_SECONDS_MAX, &seconds))
		return -1;
	if (ps_transition_is_nothing(transition))
		return ps_transition_carry_out(context, instance, transition);
	if (!seconds && !has_more_than_bindings(&transition->file))
		return ps_transition_carry_out(context, instance, transition);
	failed = ps_transition_former(context, instance, &transition->file, &former);
	if (!failed && seconds)
		failed = try_out(context, instance, transition, &former, (int)seconds);
	else if (!failed && ps_transition_carry_out(context, instance, transition))
		failed = go_back(context, instance, transition, &former);
	ps_file_done(&former);
	return failed;
}

static int apply_to(struct ps_context *context, struct ps_instance *instance,
		    struct ps_transition *transition)
{
	const struct ps_plan *plan = &transition->bindings.plan;

	if (ps_transition_compare(context, instance, transition) ||
	    carry_out(context, instance, transition) || ps_transition_print(context, transition))
		return -1;
	if (context->is_verbose)
		ps_context_note(context,
				"generation %llu: %zu added, %zu changed, %zu removed, %zu stay",
				instance->state->generation, plan->added.count, plan->changed.count,
				plan->removed.count, transition->bindings.same);
	return 0;
}

/* How large an instance is made for the file, when there is none. */
static __u32 choose_size(const struct ps_context *context, const struct ps_file *file)
{
	if (file->max_bindings || ps_instance_is_there(context->instance) ||
	    file->bindings.count <= PS_BINDINGS_DEFAULT)
		return file->max_bindings;
	return PS_BINDINGS_MAX;
}

static int apply(struct ps_context *context, struct ps_transition *transition)
{
	struct ps_instance instance;
	int failed;

	context->max_bindings = choose_size(context, &transition->file);
	if (ps_context_open(context, PS_CREATE, &instance))
		return -1;
	ps_context_say_masked(context, &transition->file.bindings);
	failed = apply_to(context, &instance, transition);
	return ps_context_close(context, &instance, failed) ? -1 : PS_EXIT_DONE;
}

static int check_words(struct ps_context *context)
{
	if (!context->count)
		return ps_error_at(&context->error, -1, 0, "apply needs a file, or - for stdin");
	if (ps_context_has(context, "from") && !ps_context_has(context, "dry-run"))
		return ps_error_at(&context->error, -1, 0, "--from is for --dry-run");
	if (ps_context_has(context, "confirm") && ps_context_has(context, "dry-run"))
		return ps_error_at(&context->error, -1, 0,
				   "--dry-run changes nothing to --confirm");
	return ps_context_expect(context, 1);
}

static int run_apply(struct ps_context *context)
{
	struct ps_transition transition = {};
	int status = -1;

	if (check_words(context))
		return -1;
	if (!ps_context_read_file(context, context->word[0], &transition.file))
		status = ps_context_has(context, "dry-run") ? dry_run(context, &transition)
							    : apply(context, &transition);
	ps_transition_done(&transition);
	return status;
}

static const struct ps_option apply_options[] = {
	{ "dry-run", NULL, 0 }, { "from", "FILE", 0 },	    { "confirm", "SECONDS", 0 },
	{ "strict", NULL, 0 },	{ "max-bindings", "N", 0 }, {},
};

PS_COMMAND(apply) = {
	.kind = PS_VERB,
	.name = "apply",
	.arguments = "FILE",
	.summary = "make the table what a file says",
	.details =
		"Reads FILE (YAML or JSON, see portsteer.conf(5)); '-' reads stdin. What is not\n"
		"in it goes away; counters of what stays go on. Packets see the old table or the\n"
		"new one. Printed is what was added (+), changed (~) and removed (-). When\n"
		"anything is wrong with the file, all of it is said, and nothing is changed.\n\n"
		"  --dry-run     only print; exit status 10 when there is something to do\n"
		"  --from FILE   with --dry-run: compare with FILE, not with the live table\n"
		"  --confirm SECONDS\n"
		"                publish the former table again after so long, unless 'confirm'\n"
		"                keeps this one; also when this terminal is gone\n"
		"  --strict      refuse what would take packets from a local socket or from\n"
		"                this host's outgoing connections\n"
		"  --max-bindings N\n"
		"                room for N bindings (65536), when this makes the instance\n\n"
		"JSON keys: change (added, changed, removed), endpoint, words, name; of a change\n"
		"also words_before, name_before; or interface, socket or guard in the place of\n"
		"endpoint and name.\n",
	.options = apply_options,
	.run = run_apply,
};

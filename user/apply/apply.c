// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a file says is made true: all of it, or what was there comes back. See
 * apply.h.
 */
#include "apply/internal.h"
#include "base/advice.h"
#include "grow/grow.h"
#include "guard/attach.h"
#include "hook/attach.h"
#include "instance/open.h"
#include "pins/dir.h"

/* After a failure behind the publishing: what was there comes back, and with it the old table. */
static int go_back(struct ps_apply *apply, struct ps_instance *instance,
		   struct ps_transition *transition, const struct ps_file *former)
{
	const struct ps_error cause = *apply->error;
	const struct ps_report nobody = {};
	struct ps_error error = {};
	struct ps_apply silent = { .instance = apply->instance,
				   .report = &nobody,
				   .error = &error };

	if (!transition->is_published)
		return -1;
	if (ps_transition_go_back(&silent, instance, former))
		return ps_error_set(apply->error, cause.status,
				    "the table matches the file, but: %s; the previous state "
				    "cannot be restored: %s",
				    cause.text, error.text);
	transition->is_published = false;
	return ps_error_set(apply->error, cause.status,
			    "%s; the previous table and attachments are restored", cause.text);
}

static int start_trial(struct ps_apply *apply, struct ps_trial *trial)
{
	if (ps_trial_start(trial))
		return ps_error_set(apply->error, PS_EXIT_REFUSED,
				    "the process that would revert the change is gone");
	ps_report_note(apply->report,
		       "note: the previous table is restored in %d s, unless '%s' keeps this one",
		       trial->seconds, ps_advice("confirm", NULL));
	return 0;
}

static int try_out(struct ps_apply *apply, struct ps_instance *instance,
		   struct ps_transition *transition, struct ps_file *former, int seconds)
{
	struct ps_trial trial = { .seconds = seconds };

	if (ps_confirm_begin(apply, instance, transition, former, &trial))
		return -1;
	if (ps_transition_carry_out(apply, instance, transition) &&
	    go_back(apply, instance, transition, former)) {
		if (transition->is_published) /* then its process may be more lucky */
			ps_trial_start(&trial);
		else
			ps_trial_cancel(&trial);
		return -1;
	}
	if (!start_trial(apply, &trial))
		return 0;
	go_back(apply, instance, transition, former);
	ps_trial_forget(instance);
	return -1;
}

/* Without, publishing is the last step, and nothing fails behind it. */
static bool has_more_than_bindings(const struct ps_file *file)
{
	return file->has_interfaces || file->has_guard || file->has_sockets;
}

static int carry_out(struct ps_apply *apply, struct ps_instance *instance,
		     struct ps_transition *transition, int seconds)
{
	struct ps_file former = {};
	int failed;

	if (ps_transition_is_nothing(transition))
		return ps_transition_carry_out(apply, instance, transition);
	if (!seconds && !has_more_than_bindings(&transition->file))
		return ps_transition_carry_out(apply, instance, transition);
	failed = ps_transition_former(apply, instance, &transition->file, &former);
	if (!failed && seconds)
		failed = try_out(apply, instance, transition, &former, seconds);
	else if (!failed && ps_transition_carry_out(apply, instance, transition))
		failed = go_back(apply, instance, transition, &former);
	ps_file_done(&former);
	return failed;
}

/* Somebody may have changed the table since it was looked at. */
static int check_generation(const struct ps_apply *apply, const struct ps_transition *transition)
{
	if (!apply->has_generation || apply->generation == transition->generation)
		return 0;
	return ps_error_set(apply->error, PS_EXIT_CONFLICT,
			    "the table is of generation %llu, not %llu: it was changed since; "
			    "nothing was changed; '%s' shows what this file changes now",
			    transition->generation, apply->generation,
			    ps_advice("apply --dry-run FILE", NULL));
}

static bool has_bindings(const struct ps_transition *transition)
{
	const struct ps_plan *plan = &transition->bindings.plan;

	return plan->added.count + plan->changed.count + transition->bindings.same;
}

/* The guard looks at bindings without any hook for packets. @instance is NULL when there is none.
 */
static bool has_guard(const struct ps_instance *instance, const struct ps_transition *transition)
{
	struct ps_error ignored;
	struct ps_guard guard;

	if (transition->file.has_guard)
		return transition->guard.after.mode != PS_GUARD_OFF;
	return instance &&
	       (ps_guard_read(instance, &guard, &ignored) || guard.mode != PS_GUARD_OFF);
}

/* A file that forgot its interfaces is no firewall. */
static int check_attached(const struct ps_apply *apply, const struct ps_instance *instance,
			  const struct ps_transition *transition)
{
	if (apply->is_detached || transition->file.has_interfaces || !has_bindings(transition) ||
	    (instance && ps_hook_is_any(instance)) || has_guard(instance, transition))
		return 0;
	return ps_error_set(apply->error, PS_EXIT_REFUSED,
			    "nothing is attached, and the file has no 'interfaces:', so that its "
			    "bindings would meet no packet; nothing was changed; name them in the "
			    "file, or give --detached to attach later");
}

/* What the file changes in @instance, NULL: there is none yet; an error when it must not. */
static int compare(struct ps_apply *apply, const struct ps_instance *instance,
		   struct ps_transition *transition)
{
	return ps_transition_compare(apply, instance, transition) ||
			       check_generation(apply, transition) ||
			       check_attached(apply, instance, transition)
		       ? -1
		       : 0;
}

/* It grows first: a change on trial belongs to the directory that it began in. */
static int apply_to(struct ps_apply *apply, struct ps_instance *instance,
		    struct ps_transition *transition, int seconds)
{
	const struct ps_plan *plan = &transition->bindings.plan;

	if (compare(apply, instance, transition) ||
	    ps_grow(instance, instance->state->bindings + plan->added.count, apply->error) ||
	    carry_out(apply, instance, transition, seconds))
		return -1;
	transition->generation = instance->state->generation;
	if (ps_report_changed(apply->report, transition))
		return -1;
	if (apply->report->is_verbose)
		ps_report_note(apply->report,
			       "generation %llu: %zu added, %zu changed, %zu removed, %zu stay",
			       instance->state->generation, plan->added.count, plan->changed.count,
			       plan->removed.count, transition->bindings.same);
	return 0;
}

int ps_apply_file(struct ps_apply *apply, struct ps_transition *transition, int seconds)
{
	struct ps_instance instance;
	int failed;

	if (!apply->max_bindings)
		apply->max_bindings = transition->file.max_bindings;
	apply->room = (__u32)transition->file.bindings.count;
	if (ps_apply_open(apply, PS_CREATE, &instance))
		return -1;
	ps_report_masked(apply->report, &transition->file.bindings);
	failed = apply_to(apply, &instance, transition, seconds);
	return ps_apply_close(apply, &instance, failed);
}

int ps_apply_compare(struct ps_apply *apply, struct ps_transition *transition)
{
	struct ps_conflicts conflicts = {};
	struct ps_instance instance;
	int opened = ps_apply_read(apply, PS_DRAFT_READS, &instance), failed;

	if (opened)
		return opened < 0 ? -1 : compare(apply, NULL, transition);
	failed = compare(apply, &instance, transition) ||
		 ps_apply_rehearse(apply, &instance, transition, &conflicts);
	ps_conflicts_done(&conflicts);
	ps_instance_close(&instance);
	return failed ? -1 : 0;
}

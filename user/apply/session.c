// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An instance from when it is opened until it is closed, or taken away because
 * nothing is in it any more. See internal.h.
 */
#include <errno.h>
#include <string.h>
#include "apply/internal.h"
#include "base/advice.h"
#include "grow/grow.h"
#include "grow/move.h"
#include "grow/v1.h"
#include "guard/attach.h"
#include "hook/attach.h"
#include "hook/orphan.h"
#include "host/capability.h"
#include "instance/make.h"
#include "instance/open.h"
#include "instance/reserved.h"
#include "socket/registry.h"
#include "table/publish.h"

int ps_apply_read_more(struct ps_apply *apply, __u32 reads, struct ps_more more,
		       struct ps_instance *ret_instance)
{
	const struct ps_instance_options options = {
		.name = apply->instance,
		.access = PS_READ,
		.presence = apply->presence,
		.is_shown = apply->is_shown,
		.wait_seconds = apply->wait_seconds,
		.reads = reads,
		.more = more,
	};

	if (!ps_instance_open(&options, ret_instance, apply->error))
		return 0;
	return apply->error->status == PS_EXIT_NOT_FOUND ? 1 : -1;
}

int ps_apply_read(struct ps_apply *apply, __u32 reads, struct ps_instance *ret_instance)
{
	return ps_apply_read_more(apply, reads, (struct ps_more){}, ret_instance);
}

int ps_apply_open_on_trial(struct ps_apply *apply, enum ps_access access,
			   struct ps_instance *ret_instance)
{
	const struct ps_instance_options options = {
		.name = apply->instance,
		.access = access,
		.presence = apply->presence,
		.wait_seconds = apply->wait_seconds,
		.max_bindings = apply->max_bindings,
		.room = apply->room,
	};

	if (ps_move(&options, apply->error) ||
	    ps_instance_open(&options, ret_instance, apply->error))
		return -1;
	if (!ps_grow_finish(ret_instance, apply->error) && !ps_recover(ret_instance, apply->error))
		return 0;
	ps_instance_close(ret_instance);
	return -1;
}

int ps_apply_locate(struct ps_apply *apply, struct ps_position place)
{
	if (!place.line || !apply->source)
		return -1;
	return ps_error_locate(apply->error, apply->source, place.line, place.column);
}

/* Flows that do not fit are evicted, so that is no reason to refuse what was asked for. */
int ps_apply_make_room(struct ps_apply *apply, struct ps_instance *instance)
{
	if (!ps_is_no(ps_trial_find(instance->path, NULL)) ||
	    !ps_grow_flows(instance, apply->error))
		return 0;
	if (instance->is_unfinished)
		return -1;
	ps_report_note(apply->report, "warning: there is no more room for flows of 'count': %s",
		       apply->error->text);
	return 0;
}

int ps_apply_open(struct ps_apply *apply, enum ps_access access, struct ps_instance *ret_instance)
{
	if (ps_apply_open_on_trial(apply, access, ret_instance))
		return -1;
	if (!ps_trial_check(ret_instance, apply->error) &&
	    (access == PS_REMOVE || !ps_apply_make_room(apply, ret_instance)))
		return 0;
	ps_apply_close(apply, ret_instance, -1);
	return -1;
}

/* Whoever may not look for programs takes the record for the truth. */
static bool has_orphans(const struct ps_apply *apply, const struct ps_instance *instance)
{
	struct ps_orphans orphans;
	struct ps_answer answer = ps_orphans_read(instance, &orphans);

	ps_orphans_done(&orphans);
	if (ps_is_no(answer) || (answer.err == EPERM && ps_capability_is_missing(PS_NEED_ADMIN)))
		return false;
	ps_report_note(apply->report,
		       ps_is_yes(answer)
			       ? "note: programs of this instance are attached that are "
				 "not on record; its maps stay until they are taken off: %s"
			       : "note: the maps stay: whether programs use them could "
				 "not be looked up: %s",
		       ps_is_yes(answer) ? ps_advice("detach all", NULL) : strerror(answer.err));
	return true;
}

/* Something is still to be done with it. Nothing is with one that was never published. */
static bool is_unfinished(const struct ps_instance *instance)
{
	bool is_untouched = instance->is_new && !instance->state->generation;

	return (instance->state->pending && !is_untouched) ||
	       !ps_is_no(ps_trial_find(instance->path, NULL));
}

/* Whether something that only this instance knows of keeps it, which is said. */
static bool is_kept(const struct ps_report *report, const struct ps_instance *instance,
		    struct ps_answer reserved)
{
	char unknown[PS_PATH_SIZE];

	if (ps_is_yes(reserved)) {
		ps_report_note(report,
			       "note: ports are still reserved for this instance; "
			       "'%s' releases them",
			       ps_advice("unreserve", NULL));
		return true;
	}
	if (!ps_instance_find_unknown(instance, unknown))
		return false;
	ps_report_note(report,
		       "%s is not portsteer's; the maps beside it stay until it is moved away",
		       unknown);
	return true;
}

/* Takes away an instance that holds nothing any more. */
static int tidy(struct ps_apply *apply, struct ps_instance *instance)
{
	struct ps_answer reserved;
	struct ps_guard guard;
	struct ps_error error;

	if (instance->state->bindings || is_unfinished(instance) || ps_hook_is_any(instance) ||
	    ps_registry_is_any(instance))
		return 0;
	reserved = ps_reserved_is_any(instance);
	if (ps_guard_read(instance, &guard, &error) || ps_is_unknown(reserved)) {
		ps_report_note(apply->report,
			       "note: the instance has no bindings left, and stays: its other "
			       "contents could not be checked");
		return 0;
	}
	if (guard.mode != PS_GUARD_OFF || has_orphans(apply, instance) ||
	    is_kept(apply->report, instance, reserved))
		return 0;
	return ps_instance_remove(instance, apply->error) ||
			       ps_v1_forget(instance->name, apply->error)
		       ? -1
		       : 0;
}

int ps_apply_close(struct ps_apply *apply, struct ps_instance *instance, int failed)
{
	struct ps_error cause = *apply->error;

	if (!failed) /* what was asked for holds from now on */
		instance->meta->max_bindings = instance->limit;
	if (tidy(apply, instance)) /* what was asked for is done, or has failed, without it */
		ps_report_note(apply->report, "warning: an empty instance is left: %s",
			       apply->error->text);
	*apply->error = cause;
	ps_instance_close(instance);
	return failed ? -1 : 0;
}

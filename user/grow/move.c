// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Moving. See move.h. The old instance is marked before the new one appears, so that
 * its release never changes a table that packets do not see any more; what is only
 * marked is moved from the start.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/advice.h"
#include "base/notice.h"
#include "base/scope.h"
#include "base/version.h"
#include "grow/exchange.h"
#include "grow/fill.h"
#include "grow/move.h"
#include "grow/stage.h"
#include "grow/v1.h"
#include "hook/check.h"
#include "hook/loss.h"
#include "hook/rows.h"
#include "hook/slot.h"
#include "instance/make.h"
#include "instance/netns.h"
#include "instance/open.h"
#include "instance/trial_mark.h"
#include "pins/capacity.h"
#include "pins/dir.h"
#include "pins/grace.h"
#include "pins/lock.h"
#include "pins/pending.h"

/* As large as it was: slots stay. */
static struct ps_table_size size_of(const struct ps_v1 *v1)
{
	struct ps_table_size size =
		ps_instance_fresh_size(v1->facts.max_bindings, v1->facts.max_bindings);

	size.capacity = size.carried_slots = v1->facts.max_bindings; /* also where it is no step */
	if (ps_hook_index_find(&v1->instance, PS_HOOK_TC_EGRESS, NULL) >= 0)
		size.sent_rows = size.cpu_rows;
	return size;
}

static void describe(struct ps_instance *next, const struct ps_v1 *v1,
		     const struct ps_table_size *size)
{
	ps_stage_describe(next, &v1->facts, size);
	if (v1->facts.max_bindings == PS_V1_DEFAULT) /* nobody asked for that */
		next->meta->max_bindings = PS_BINDINGS_MAX;
	strcpy(next->meta->tool_version, PS_VERSION);
}

/* Which of its hooks may share a program is not on record; where that is not known, none does. */
static void assign_programs(struct ps_instance *next)
{
	for (int slot = 0; slot < PS_HOOKS_MAX; slot++) {
		struct ps_hook_info *info = &next->hooks[slot], asked = *info;
		struct ps_error ignored;
		bool is_known;

		if (info->hook != PS_HOOK_XDP)
			continue;
		is_known = !ps_hook_check_framing(&asked, &ignored);
		info->has_own_program = !is_known || asked.has_own_program;
	}
	ps_hook_rows_write(next);
}

/* Makes it where nobody sees it, and marks the old one as the last step. */
static int make(void *context, const char *path, struct ps_error *error)
{
	struct ps_v1 *v1 = context;
	struct ps_table_size size = size_of(v1);
	struct ps_instance next;
	int failed;

	if (ps_stage_make(&v1->instance, &size, path, error) ||
	    ps_instance_open_at(path, &v1->instance, &next, error))
		return -1;
	describe(&next, v1, &size);
	assign_programs(&next);
	ps_pending_begin(&next); /* until all is counted anew */
	failed = ps_fill(&next, &v1->instance, error) || ps_fill_compiled(&next, error) ||
		 ps_exchange_rehearse(&next, error) || ps_v1_mark(v1, error);
	ps_instance_close(&next);
	return failed;
}

/* The programs of every hook read its maps from now on, and then nothing needs the old ones. */
static int complete(struct ps_v1 *v1, struct ps_instance *next, struct ps_error *error)
{
	struct ps_answer watched = ps_loss_is_watched(next);

	if (ps_exchange(next, error) || (ps_is_yes(watched) && ps_loss_watch(next, error)) ||
	    ps_grace_wait(next, error))
		return -1;
	ps_fill_v1_counts(next, v1);
	if (ps_v1_leave(next->name, error))
		return -1;
	ps_notice("note: instance '%s', made by an earlier portsteer, was moved to ABI %d; its "
		  "programs were replaced, its counters continue",
		  next->name, PS_ABI_VERSION);
	return 0;
}

static int complete_at(struct ps_v1 *v1, const char *path, struct ps_error *error)
{
	struct ps_instance next;
	int failed;

	if (ps_instance_open_at(path, &v1->instance, &next, error))
		return -1;
	failed = complete(v1, &next, error);
	ps_instance_close(&next);
	return failed;
}

static int refuse_two(const struct ps_v1 *v1, const char *path, struct ps_error *error)
{
	return ps_error_set(
		error, PS_EXIT_REFUSED,
		"an earlier portsteer made %s beside %s, of the same network namespace; "
		"remove one of them: %s",
		v1->instance.path, path, ps_advice_inside("", "rm -r", v1->instance.path, NULL));
}

/* Its process knows the former table in words of its release, and takes it back alone. */
static int check_trial(const struct ps_v1 *v1, struct ps_error *error)
{
	if (ps_is_no(ps_trial_find(v1->instance.path, NULL)))
		return 0;
	return ps_error_set(error, PS_EXIT_LOCKED,
			    "the last change of instance '%s' was made by an earlier portsteer and "
			    "waits for confirmation; confirm it with that one, or wait until it "
			    "is reverted",
			    v1->instance.name);
}

static int move(struct ps_v1 *v1, enum ps_v1_state state, const struct ps_instance_options *options,
		struct ps_error *error)
{
	PS_CLOSED_FD int lock_fd = -1;
	struct ps_instance there;

	ps_instance_locate(options->name, &there);
	if (check_trial(v1, error))
		return -1;
	if (!ps_instance_is_there(options->name)) {
		if (ps_instance_make_by(options, there.path, make, v1, &lock_fd, error))
			return -1;
		return lock_fd < 0 ? 0 : complete_at(v1, there.path, error);
	}
	if (state == PS_V1_WHOLE)
		return refuse_two(v1, there.path, error);
	if (ps_lock_take(there.path, options->wait_seconds, &lock_fd, error))
		return -1;
	return complete_at(v1, there.path, error);
}

static int move_locked(const struct ps_instance_options *options, enum ps_v1_state state,
		       struct ps_error *error)
{
	struct ps_v1 v1;
	int failed;

	if (ps_v1_open(options->name, &v1, error))
		return -1;
	v1.instance.presence = options->presence;
	failed = move(&v1, state, options, error);
	ps_v1_close(&v1);
	return failed;
}

int ps_move(const struct ps_instance_options *options, struct ps_error *error)
{
	PS_CLOSED_FD int lock_fd = -1;
	enum ps_v1_state state;
	char path[PS_PATH_SIZE];

	if (ps_v1_look(options->name, &state, error))
		return -1;
	if (state == PS_V1_NONE)
		return 0;
	ps_v1_path(options->name, path);
	if (ps_instance_check_default(options, error) ||
	    ps_lock_take(path, options->wait_seconds, &lock_fd, error) ||
	    ps_v1_look(options->name, &state, error)) /* another may have been faster */
		return -1;
	return state == PS_V1_NONE ? 0 : move_locked(options, state, error);
}

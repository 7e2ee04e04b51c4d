// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Making the guard what a file, or somebody, says. See apply.h.
 */
#include <stdio.h>
#include "apply/internal.h"
#include "base/advice.h"
#include "base/memory.h"
#include "guard/attach.h"
#include "host/cgroup.h"
#include "instance/reserved.h"

/* The cgroup as it is printed, so that it can be compared. */
static int look_up(struct ps_guard_setting *setting, struct ps_error *error)
{
	PS_FREED char *path = NULL;

	if (setting->mode == PS_GUARD_OFF)
		return 0;
	if (ps_cgroup_path(setting->cgroup, &path, error))
		return -1;
	snprintf(setting->cgroup, sizeof(setting->cgroup), "%s", path);
	return 0;
}

int ps_transition_plan_guard(struct ps_apply *apply, const struct ps_instance *instance,
			     struct ps_transition *transition)
{
	struct ps_guard_plan plan = { .after = transition->file.guard };

	if (!transition->file.has_guard)
		return 0;
	if (look_up(&plan.after, apply->error))
		return -1;
	if (instance && ps_guard_read_setting(instance, &plan.before, apply->error))
		return -1;
	transition->guard = plan;
	return 0;
}

/* The guard is off then, whatever becomes of the ports. */
static int stop_guard(struct ps_apply *apply, struct ps_instance *instance)
{
	struct ps_error error;

	if (ps_guard_stop(instance, apply->error))
		return -1;
	if (ps_reserved_unguard(instance, &error))
		ps_report_note(apply->report,
			       "warning: ports that were reserved for the guard stay so: %s; '%s' "
			       "takes them back",
			       error.text, ps_advice("unreserve", NULL));
	return 0;
}

/* One that only reports keeps nobody from anything. */
static void keep_ports(struct ps_apply *apply, struct ps_instance *instance,
		       enum ps_guard_mode mode)
{
	if (mode == PS_GUARD_ON)
		ps_apply_guard_ports(apply, instance);
}

int ps_transition_put_guard(struct ps_apply *apply, struct ps_instance *instance,
			    const struct ps_guard_plan *plan)
{
	const struct ps_guard_setting *after = &plan->after;

	if (ps_guard_plan_is_empty(plan))
		return 0;
	if (after->mode == PS_GUARD_OFF)
		return stop_guard(apply, instance);
	if (ps_guard_move(instance, after->mode, after->cgroup, apply->error))
		return -1;
	keep_ports(apply, instance, after->mode);
	return 0;
}

static int start(struct ps_apply *apply, enum ps_guard_mode mode, const char *cgroup)
{
	struct ps_instance instance;
	int failed;

	if (ps_apply_open(apply, PS_CREATE, &instance))
		return -1;
	failed = ps_guard_start(&instance, mode, cgroup, apply->error);
	if (!failed)
		keep_ports(apply, &instance, mode);
	return ps_apply_close(apply, &instance, failed);
}

static int stop(struct ps_apply *apply)
{
	struct ps_instance instance;
	int failed;

	if (ps_apply_open(apply, PS_REMOVE, &instance))
		return apply->error->status == PS_EXIT_NOT_FOUND ? 0 : -1;
	failed = stop_guard(apply, &instance);
	return ps_apply_close(apply, &instance, failed);
}

int ps_apply_guard(struct ps_apply *apply, enum ps_guard_mode mode, const char *cgroup)
{
	return mode == PS_GUARD_OFF ? stop(apply) : start(apply, mode, cgroup);
}

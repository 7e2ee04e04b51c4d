// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Comparing a table with what it is to be. See diff.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "binding/diff.h"

void ps_diff_begin(struct ps_diff *diff, struct ps_bindings *wanted)
{
	*diff = (struct ps_diff){ .wanted = *wanted };
	*wanted = (struct ps_bindings){};
	ps_keymap_init(&diff->map, &diff->wanted);
	diff->is_met = ps_memory_new(diff->wanted.count, sizeof(*diff->is_met));
}

static bool is_same(const struct ps_binding *wanted, const struct ps_binding *present)
{
	return ps_action_is_equal(wanted, present) && wanted->owner == present->owner &&
	       !strncmp(wanted->name, present->name, PS_NAME_SIZE);
}

void ps_diff_meet(struct ps_diff *diff, const struct ps_binding *present)
{
	const struct ps_binding *wanted = ps_keymap_find(&diff->map, &present->endpoint);
	struct ps_plan *plan = &diff->plan;
	struct ps_binding *after;

	if (!wanted) {
		*ps_bindings_add(&plan->removed) = *present;
		return;
	}
	diff->is_met[wanted - diff->wanted.item] = true;
	if (is_same(wanted, present)) {
		diff->same++;
		return;
	}
	after = ps_bindings_add(&plan->changed);
	*after = *wanted;
	after->slot = present->slot; /* its counters go on */
	*ps_bindings_add(&plan->before) = *present;
}

void ps_diff_end(struct ps_diff *diff)
{
	diff->plan.added = ps_bindings_take(&diff->wanted, diff->is_met);
}

void ps_diff_done(struct ps_diff *diff)
{
	ps_bindings_done(&diff->wanted);
	ps_keymap_done(&diff->map);
	free(diff->is_met);
	ps_plan_done(&diff->plan);
	*diff = (struct ps_diff){};
}

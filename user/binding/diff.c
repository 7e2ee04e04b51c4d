// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Comparing a table with what it is to be. See diff.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "binding/diff.h"

void ps_difference_begin(struct ps_difference *difference, struct ps_bindings *wanted)
{
	*difference = (struct ps_difference){ .wanted = *wanted };
	*wanted = (struct ps_bindings){};
	ps_keymap_init(&difference->map, &difference->wanted);
	difference->is_met = ps_memory_new(difference->wanted.count, sizeof(*difference->is_met));
}

static bool is_same(const struct ps_binding *wanted, const struct ps_binding *present)
{
	return ps_action_is_equal(wanted, present) && wanted->owner == present->owner &&
	       !strncmp(wanted->name, present->name, PS_NAME_SIZE);
}

void ps_difference_meet(struct ps_difference *difference, const struct ps_binding *present)
{
	const struct ps_binding *wanted = ps_keymap_find(&difference->map, &present->endpoint);
	struct ps_plan *plan = &difference->plan;
	struct ps_binding *after;

	if (!wanted) {
		*ps_bindings_add(&plan->removed) = *present;
		return;
	}
	difference->is_met[wanted - difference->wanted.item] = true;
	if (is_same(wanted, present)) {
		difference->same++;
		return;
	}
	after = ps_bindings_add(&plan->changed);
	*after = *wanted;
	after->slot = present->slot; /* its counters go on */
	*ps_bindings_add(&plan->before) = *present;
}

void ps_difference_end(struct ps_difference *difference)
{
	difference->plan.added = ps_bindings_take(&difference->wanted, difference->is_met);
}

void ps_difference_done(struct ps_difference *difference)
{
	ps_bindings_done(&difference->wanted);
	ps_keymap_done(&difference->map);
	free(difference->is_met);
	ps_plan_done(&difference->plan);
	*difference = (struct ps_difference){};
}

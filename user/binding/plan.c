// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Comparing what is wanted with what is there. See plan.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "binding/keymap.h"
#include "binding/owner.h"
#include "binding/plan.h"

/* @wanted asks for nothing that @holder does not have. */
static bool is_same(const struct ps_binding *wanted, const struct ps_binding *holder)
{
	return ps_action_is_equal(wanted, holder) &&
	       (!wanted->owner || wanted->owner == holder->owner) &&
	       (!wanted->name[0] || !strcmp(wanted->name, holder->name));
}

struct ps_duplicate *ps_duplicates_add(struct ps_duplicates *duplicates,
				       const struct ps_binding *wanted,
				       const struct ps_binding *holder)
{
	struct ps_duplicate *duplicate;

	duplicates->item = ps_memory_grow(duplicates->item, duplicates->count, &duplicates->room,
					  sizeof(*duplicates->item));
	duplicate = &duplicates->item[duplicates->count++];
	*duplicate = (struct ps_duplicate){ .wanted = *wanted, .holder = *holder };
	return duplicate;
}

static void add_change(struct ps_plan *plan, const struct ps_binding *wanted,
		       const struct ps_binding *holder)
{
	struct ps_binding *after = ps_bindings_add(&plan->changed);

	*after = *wanted;
	after->slot = holder->slot;
	if (!after->owner && ps_owner_fits(holder->owner, after->action))
		after->owner = holder->owner;
	if (!after->name[0])
		memcpy(after->name, holder->name, sizeof(after->name));
	*ps_bindings_add(&plan->before) = *holder;
}

/* Whether nobody has its endpoint yet; else it is noted in another list. */
static bool is_added(const struct ps_binding *wanted, ps_binding_find find, void *context,
		     enum ps_if_taken if_taken, struct ps_plan *plan,
		     struct ps_duplicates *duplicates)
{
	struct ps_binding holder;

	if (!find(context, &wanted->endpoint, &holder))
		return true;
	if (is_same(wanted, &holder))
		*ps_bindings_add(&plan->same) = *wanted;
	else if (if_taken == PS_REPLACE)
		add_change(plan, wanted, &holder);
	else
		ps_duplicates_add(duplicates, wanted, &holder)->is_in_table = true;
	return false;
}

void ps_plan_bind(struct ps_bindings *wanted, ps_binding_find find, void *context,
		  enum ps_if_taken if_taken, struct ps_plan *ret_plan,
		  struct ps_duplicates *ret_duplicates)
{
	PS_FREED bool *is_noted = ps_memory_new(wanted->count, sizeof(*is_noted));
	struct ps_duplicates duplicates = {};
	struct ps_plan plan = {};
	struct ps_keymap seen;

	ps_keymap_init(&seen, wanted);
	for (size_t i = 0; i < wanted->count; i++) {
		const struct ps_binding *binding = &wanted->item[i];
		const struct ps_binding *first = ps_keymap_next(&seen);

		is_noted[i] =
			first || !is_added(binding, find, context, if_taken, &plan, &duplicates);
		if (!first)
			continue;
		if (is_same(binding, first))
			*ps_bindings_add(&plan.same) = *binding;
		else
			ps_duplicates_add(&duplicates, binding, first);
	}
	ps_keymap_done(&seen);
	plan.added = ps_bindings_take(wanted, is_noted);
	*ret_plan = plan;
	*ret_duplicates = duplicates;
}

bool ps_plan_is_empty(const struct ps_plan *plan)
{
	return !plan->added.count && !plan->changed.count && !plan->removed.count;
}

void ps_plan_done(struct ps_plan *plan)
{
	ps_bindings_done(&plan->added);
	ps_bindings_done(&plan->changed);
	ps_bindings_done(&plan->before);
	ps_bindings_done(&plan->removed);
	ps_bindings_done(&plan->same);
}

void ps_duplicates_done(struct ps_duplicates *duplicates)
{
	free(duplicates->item);
	*duplicates = (struct ps_duplicates){};
}

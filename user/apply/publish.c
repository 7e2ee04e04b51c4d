// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Making a planned change: what it gets into is looked up and reported, or
 * forbids it; then it is published. For what adds bindings.
 */
#include <string.h>
#include "apply/internal.h"
#include "base/advice.h"
#include "grow/grow.h"
#include "hook/upgrade.h"
#include "table/publish.h"
#include "table/read.h"

/* Appends what the new bindings would get into. */
static void find_conflicts(struct ps_apply *apply, struct ps_draft *draft,
			   struct ps_conflicts *conflicts)
{
	const struct ps_view view = { &draft->image, ps_draft_find, draft };
	struct ps_facts facts;

	ps_facts_read(draft->instance, &facts);
	if (apply->rehearsed)
		ps_facts_take_planned(&facts, apply->rehearsed);
	ps_facts_check(&facts, &view, &draft->plan->added, conflicts);
	ps_facts_check(&facts, &view, &draft->plan->changed, conflicts);
	ps_conflicts_find_foreign(conflicts, &facts);
	ps_conflicts_find_stale(conflicts, &facts);
	ps_conflicts_find_closed(conflicts, &facts);
	ps_conflicts_forget_facts(conflicts);
	ps_apply_warn_redirect(apply->report, draft, &facts);
	ps_facts_done(&facts);
}

static bool forbids(const struct ps_apply *apply, const struct ps_conflict *conflict)
{
	if (conflict->kind == PS_DUPLICATE || conflict->kind == PS_OVERLAP)
		return true;
	return apply->is_strict && conflict->severity != PS_INFO && !conflict->device[0];
}

/* Makes the first of @conflicts that forbids the change the last of all. NULL: none does. */
static const struct ps_conflict *put_last(const struct ps_apply *apply,
					  struct ps_conflicts *conflicts)
{
	struct ps_conflict *item = conflicts->item, first;
	size_t at = 0, last = conflicts->count - 1;

	while (at < conflicts->count && !forbids(apply, &item[at]))
		at++;
	if (at == conflicts->count)
		return NULL;
	first = item[at];
	memmove(&item[at], &item[at + 1], (last - at) * sizeof(*item));
	item[last] = first;
	return &item[last];
}

int ps_apply_refuse(struct ps_apply *apply, struct ps_conflicts *conflicts)
{
	const struct ps_conflict *first = put_last(apply, conflicts);
	struct ps_conflicts others = *conflicts;
	char text[PS_CONFLICT_LINE];

	if (!first)
		return 0;
	others.count--;
	ps_report_conflicts(apply->report, &others);
	ps_advice_again(first->fix);
	ps_error_set(apply->error, PS_EXIT_CONFLICT, "%s; nothing was changed",
		     ps_conflict_format(first, text));
	return ps_apply_locate(apply, (struct ps_position){ first->line, first->column });
}

/* Makes the draft, and says what it gets into unless that forbids it. */
static int draft(struct ps_apply *apply, struct ps_instance *instance, struct ps_plan *plan,
		 struct ps_conflicts *conflicts, struct ps_draft *ret)
{
	*ret = (struct ps_draft){};
	if (ps_upgrade_check_plan(instance, plan, apply->error) ||
	    ps_draft_make(instance, plan, ret, apply->error))
		return -1;
	ps_report_upgrade(apply->report, instance);
	find_conflicts(apply, ret, conflicts);
	if (ps_table_check(apply->error) || ps_apply_refuse(apply, conflicts))
		return -1;
	if (!ps_plan_is_empty(plan))
		ps_report_conflicts(apply->report, conflicts);
	return 0;
}

/* What is to be written: one half before publishing, the other behind, or both at once. */
static size_t count_writes(const struct ps_plan *plan)
{
	size_t count = 2 * (plan->changed.count + plan->removed.count);

	for (size_t i = 0; i < plan->added.count; i++)
		count += plan->added.item[i].is_hidden ? 1 : 2;
	return count;
}

/* The draft is made again for an instance that has grown: its maps are others. */
static int make_room(struct ps_apply *apply, struct ps_instance *instance, struct ps_draft *draft)
{
	struct ps_plan *plan = draft->plan;
	__u32 wanted = draft->wanted;

	if (wanted <= instance->meta->capacity)
		return 0;
	ps_draft_done(draft);
	*draft = (struct ps_draft){};
	return ps_grow(instance, wanted, apply->error) ||
			       ps_draft_make(instance, plan, draft, apply->error)
		       ? -1
		       : 0;
}

int ps_apply_publish(struct ps_apply *apply, struct ps_instance *instance, struct ps_plan *plan,
		     struct ps_conflicts *conflicts)
{
	struct ps_draft made;
	int failed =
		draft(apply, instance, plan, conflicts, &made) || make_room(apply, instance, &made);

	if (!failed && !ps_plan_is_empty(plan)) {
		ps_report_begin(apply->report, "publishing", count_writes(plan));
		failed = ps_publish(instance, &made, apply->error);
		ps_report_end(apply->report);
	}
	ps_draft_done(&made);
	return failed;
}

int ps_apply_rehearse(struct ps_apply *apply, struct ps_instance *instance,
		      struct ps_transition *transition, struct ps_conflicts *conflicts)
{
	struct ps_apply rehearsal = *apply;
	struct ps_draft made;
	int failed;

	rehearsal.rehearsed = transition;
	failed = draft(&rehearsal, instance, &transition->bindings.plan, conflicts, &made);
	ps_draft_done(&made);
	return failed;
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Making a planned change: what it gets into is looked up and said, or forbids
 * it; then it is published. For commands that add bindings.
 */
#include <stdio.h>
#include "advice.h"
#include "cmd.h"
#include "facts.h"
#include "publish.h"
#include "table.h"
#include "upgrade.h"

/* Appends what the new bindings would get into. */
static void find_conflicts(struct ps_context *context, struct ps_draft *draft,
			   struct ps_conflicts *conflicts)
{
	const struct ps_view view = { &draft->image, ps_draft_find, draft };
	struct ps_facts facts;

	ps_facts_read(draft->instance, &facts);
	ps_facts_check(&facts, &view, &draft->plan->added, conflicts);
	ps_facts_check(&facts, &view, &draft->plan->changed, conflicts);
	ps_conflicts_find_foreign(conflicts, &facts);
	ps_conflicts_find_stale(conflicts, &facts);
	ps_conflicts_find_closed(conflicts, &facts);
	ps_conflicts_forget_facts(conflicts);
	ps_context_warn_redirect(context, draft, &facts);
	ps_facts_done(&facts);
}

static bool forbids(const struct ps_context *context, const struct ps_conflict *conflict)
{
	if (conflict->kind == PS_DUPLICATE || conflict->kind == PS_OVERLAP)
		return true;
	return ps_context_has(context, "strict") && conflict->severity != PS_INFO &&
	       conflict->kind != PS_UNREACHABLE && !conflict->device[0];
}

/* The first of @conflicts that forbids the change, or NULL. */
static const struct ps_conflict *find_forbidding(const struct ps_context *context,
						 const struct ps_conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->count; i++)
		if (forbids(context, &conflicts->item[i]))
			return &conflicts->item[i];
	return NULL;
}

int ps_context_refuse(struct ps_context *context, const struct ps_conflicts *conflicts)
{
	const struct ps_conflict *first = find_forbidding(context, conflicts);
	char text[PS_CONFLICT_LINE];

	if (!first)
		return 0;
	if (conflicts->count > 1)
		ps_context_show_conflicts(context, conflicts);
	ps_advice_again(first->mend);
	return ps_error_set(&context->error, PS_EXIT_CONFLICT, "%s; nothing was changed",
			    ps_conflict_format(first, text));
}

void ps_context_say_upgrade(const struct ps_context *context, const struct ps_instance *instance)
{
	const struct ps_hook_info *info = ps_upgrade_find(instance);

	if (info)
		ps_context_note(
			context,
			"note: the programs on '%.15s' are from another build of portsteer; "
			"upgrade them: %s",
			info->device, ps_advice("attach", info->device, NULL));
}

/* Makes the draft, and says what it gets into unless that forbids it. */
static int draft(struct ps_context *context, struct ps_instance *instance, struct ps_plan *plan,
		 struct ps_conflicts *conflicts, struct ps_draft *ret)
{
	*ret = (struct ps_draft){};
	if (ps_upgrade_check_plan(instance, plan, &context->error) ||
	    ps_draft_make(instance, plan, ret, &context->error))
		return -1;
	ps_context_say_upgrade(context, instance);
	find_conflicts(context, ret, conflicts);
	if (ps_table_check(&context->error) || ps_context_refuse(context, conflicts))
		return -1;
	if (!ps_plan_is_empty(plan))
		ps_context_show_conflicts(context, conflicts);
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

int ps_context_publish(struct ps_context *context, struct ps_instance *instance,
		       struct ps_plan *plan, struct ps_conflicts *conflicts)
{
	struct ps_draft made;
	int failed = draft(context, instance, plan, conflicts, &made);

	if (!failed && !ps_plan_is_empty(plan)) {
		ps_context_begin(context, "publishing", count_writes(plan));
		failed = ps_publish(instance, &made, &context->error);
		ps_context_end();
	}
	ps_draft_done(&made);
	return failed;
}

int ps_context_rehearse(struct ps_context *context, struct ps_instance *instance,
			struct ps_plan *plan, struct ps_conflicts *conflicts)
{
	struct ps_draft made;
	int failed = draft(context, instance, plan, conflicts, &made);

	ps_draft_done(&made);
	return failed;
}

/* Says which addresses were not taken as they were given. */
void ps_context_say_masked(const struct ps_context *context, const struct ps_bindings *wanted)
{
	const struct ps_binding *first = NULL;
	char text[PS_ENDPOINT_TEXT];
	size_t count = 0;

	for (size_t i = 0; i < wanted->count; i++) {
		first = first || !wanted->item[i].is_masked ? first : &wanted->item[i];
		count += wanted->item[i].is_masked;
	}
	if (first && wanted->count == 1)
		ps_context_note(context,
				"note: the address has bits beyond its prefix; bound is %s",
				ps_endpoint_format(&first->endpoint, text));
	else if (first)
		ps_context_note(context,
				"note: %zu addresses have bits beyond their prefix; the first is "
				"bound as %s",
				count, ps_endpoint_format(&first->endpoint, text));
}

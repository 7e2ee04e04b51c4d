// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Conflicts of bindings with processes that tried to bind what is theirs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/number.h"
#include "conflict/conflict.h"

static void add_attempt(struct ps_conflicts *conflicts, const struct ps_attempt *attempt,
			const struct ps_binding *binding)
{
	const struct ps_attempt_stat *value = &attempt->value;
	struct ps_endpoint place = ps_attempt_endpoint(&attempt->key);
	struct ps_conflict *conflict =
		ps_conflicts_add(conflicts, PS_REFUSED_BIND, PS_WARNING, binding);

	ps_endpoint_format(&place, conflict->with);
	conflict->attempt = attempt;
	ps_conflict_say(conflict, "a local process %s %s%s (%s, pid %u, user %s%s%s), %llu time%s",
			value->is_allowed ? "bound" : "was refused", conflict->with,
			value->is_allowed ? ", which the guard would refuse" : "", value->command,
			value->pid, attempt->user, attempt->cgroup ? ", cgroup " : "",
			attempt->cgroup ?: "", value->count, ps_number_plural(value->count));
}

static int compare_slot(const void *left, const void *right)
{
	const struct ps_binding *const *a = left, *const *b = right;

	return ((*a)->slot > (*b)->slot) - ((*a)->slot < (*b)->slot);
}

/* The binding that has slot @slot, of those in order, or NULL. */
static const struct ps_binding *find_slot(const struct ps_binding *const *by_slot, size_t count,
					  __u32 slot)
{
	const struct ps_binding wanted = { .slot = slot }, *pointer = &wanted;
	const struct ps_binding *const *found =
		bsearch(&pointer, by_slot, count, sizeof(*by_slot), compare_slot);

	return found ? *found : NULL;
}

void ps_conflicts_find_attempts(struct ps_conflicts *conflicts, const struct ps_attempts *attempts,
				const struct ps_bindings *bindings)
{
	PS_FREED const struct ps_binding **by_slot = NULL;

	if (!attempts->count || !bindings->count)
		return;
	by_slot = ps_memory_new(bindings->count, sizeof(*by_slot));
	for (size_t i = 0; i < bindings->count; i++)
		by_slot[i] = &bindings->item[i];
	qsort(by_slot, bindings->count, sizeof(*by_slot), compare_slot);
	for (size_t i = 0; i < attempts->count; i++) {
		const struct ps_attempt *attempt = &attempts->item[i];
		const struct ps_binding *binding =
			find_slot(by_slot, bindings->count, attempt->key.slot);

		if (binding && ps_attempt_is_of(&attempt->key, binding))
			add_attempt(conflicts, attempt, binding);
	}
}

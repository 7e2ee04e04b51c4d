// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counting bindings that take traffic away. See takers.h.
 */
#include "instance/snapshot.h"
#include "instance/takers.h"

void ps_takers_count(struct ps_takers *takers, const struct ps_endpoint *endpoint,
		     enum ps_action action, int by)
{
	const struct ps_binding binding = { .action = action };

	if (!ps_action_takes_away(&binding))
		return;
	for (enum ps_family family = PS_IPV4; family <= PS_IPV6; family++)
		if (endpoint->family == PS_ANY || endpoint->family == family)
			takers->bindings[family - PS_IPV4] += (__u32)by;
}

struct count {
	__u64 generation;
	struct ps_takers takers;
};

static int see_record(void *context, const struct ps_endpoint *endpoint,
		      const struct ps_record *record)
{
	struct count *count = context;

	if (ps_record_is_live(record, count->generation))
		ps_takers_count(&count->takers, endpoint, record->act[count->generation & 1].action,
				1);
	return 0;
}

/* Makes @takers those of the present generation, if they are not. */
static int catch_up(const struct ps_instance *instance, struct ps_takers *takers,
		    struct ps_error *error)
{
	struct count count = { .generation = instance->state->generation };

	if (takers->generation == count.generation)
		return 0;
	if (ps_snapshot_walk(instance, see_record, &count, error))
		return -1;
	*takers = count.takers;
	takers->generation = count.generation;
	return 0;
}

static void count_all(struct ps_takers *takers, const struct ps_bindings *bindings, int by)
{
	for (size_t i = 0; i < bindings->count; i++)
		ps_takers_count(takers, &bindings->item[i].endpoint, bindings->item[i].action, by);
}

int ps_takers_change(const struct ps_instance *instance, const struct ps_plan *plan,
		     struct ps_takers *takers, struct ps_error *error)
{
	if (catch_up(instance, takers, error))
		return -1;
	count_all(takers, &plan->before, -1);
	count_all(takers, &plan->removed, -1);
	count_all(takers, &plan->added, 1);
	count_all(takers, &plan->changed, 1);
	takers->generation++;
	return 0;
}

int ps_takers_repair(const struct ps_instance *instance, struct ps_error *error)
{
	for (__u32 half = 0; half < PS_HALVES; half++) {
		struct ps_takers *takers = &ps_instance_targets(instance, half)->takers;
		struct ps_takers now = *takers;

		if (catch_up(instance, &now, error))
			return -1;
		for (int i = 0; i < PS_FAMILIES; i++)
			__atomic_store_n(&takers->bindings[i], now.bindings[i], __ATOMIC_RELAXED);
		__atomic_store_n(&takers->generation, now.generation, __ATOMIC_RELEASE);
	}
	return 0;
}

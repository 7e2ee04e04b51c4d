// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Carrying counts on. See fill.h. They are set, not added, so that it can be done again.
 */
#include "grow/fill.h"
#include "pins/counts.h"

static struct ps_count *carried(const struct ps_instance *next, enum ps_direction direction,
				__u32 slot)
{
	__u32 blocks = ps_blocks_of(next->meta->carried_slots);

	return &next->carried[ps_count_index(direction, blocks, slot)].count[slot % PS_BLOCK];
}

static __u64 *carried_reason(const struct ps_instance *next, __u32 hook, __u32 reason)
{
	return &next->reasons[ps_reasons_index(PS_REASONS_CARRIED, hook)].count[reason];
}

int ps_fill_counts(struct ps_instance *next, struct ps_instance *former, struct ps_error *error)
{
	bool has_new_reasons = next->meta->cpu_rows != former->meta->cpu_rows;

	if (ps_counts_read_late(former, &former->late_counts, error))
		return -1;
	for (__u32 slot = 0; slot < next->meta->carried_slots; slot++) {
		*carried(next, PS_RX, slot) = ps_counts_sum(former, PS_RX, slot);
		*carried(next, PS_TX, slot) = ps_counts_sum(former, PS_TX, slot);
	}
	for (__u32 hook = 0; has_new_reasons && hook < PS_HOOKS_MAX; hook++)
		for (__u32 reason = 0; reason < PS_REASONS_MAX; reason++)
			*carried_reason(next, hook, reason) = ps_reasons_sum(former, hook, reason);
	return 0;
}

void ps_fill_v1_counts(struct ps_instance *next, const struct ps_v1 *v1)
{
	for (__u32 slot = 0; slot < next->meta->carried_slots; slot++) {
		*carried(next, PS_RX, slot) = ps_v1_count(v1, PS_RX, slot);
		*carried(next, PS_TX, slot) = ps_v1_count(v1, PS_TX, slot);
	}
	for (__u32 hook = 0; hook < PS_HOOKS_MAX; hook++)
		for (__u32 reason = 0; reason < PS_REASONS_MAX; reason++)
			*carried_reason(next, hook, reason) = ps_v1_reason(v1, hook, reason);
}

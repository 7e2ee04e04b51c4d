/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What programs counted: summed over the rows of an open instance, and made zero.
 * Which rows there are, and what is not in them, is in portsteer/abi.h.
 */
#ifndef PORTSTEER_PINS_COUNTS_H
#define PORTSTEER_PINS_COUNTS_H

#include "pins/instance.h"

/* The maps to open an instance with, for ps_counts_sum(): bits 1 << enum ps_map. */
#define PS_COUNTS_READS \
	(1U << PS_MAP_COUNTERS | 1U << PS_MAP_SENT | 1U << PS_MAP_LATE | 1U << PS_MAP_CARRIED)

/* Of the binding that has @slot. */
struct ps_count ps_counts_sum(const struct ps_instance *instance, enum ps_direction direction,
			      __u32 slot);

/* Makes them zero, but what is in `late`, which is the work of portsteer_store. */
void ps_counts_clear(const struct ps_instance *instance, __u32 slot);

/*
 * What CPUs without a row counted: two rows, one for each direction, or NULL when
 * there is nothing. The caller frees it, or leaves it in instance->late_counts.
 */
int ps_counts_read_late(const struct ps_instance *instance, struct ps_counts **ret,
			struct ps_error *error);

/* Some of what was counted of the slots from @first on, to be added to the rest. */
typedef void (*ps_counts_visit)(void *context, enum ps_direction direction, __u32 first,
				const struct ps_counts *counts);

/* Visits everything that was counted of the slots below @slots, and keeps nothing. */
int ps_counts_walk(const struct ps_instance *instance, __u32 slots, ps_counts_visit visit,
		   void *context, struct ps_error *error);

/* The part of it that CPUs without a row counted; of all slots. */
int ps_counts_walk_late(const struct ps_instance *instance, ps_counts_visit visit, void *context,
			struct ps_error *error);

/* Whether there is anything; also when that cannot be told. */
bool ps_counts_has_late(const struct ps_instance *instance);

/* Of the hook with that index. */
__u64 ps_reasons_sum(const struct ps_instance *instance, __u32 hook_index, enum ps_reason reason);
void ps_reasons_clear(const struct ps_instance *instance, __u32 hook_index);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Rows of `reasons`: one for each CPU that was there when the maps were made, and
 * one that all others share.
 */
#ifndef PORTSTEER_ROWS_H
#define PORTSTEER_ROWS_H

#include "reasons.h"

/* CPUs that have rows of their own. Set by the loader before a program is loaded. */
const volatile __u32 cpu_rows = ~0U;

/* Counts @packets at @hook on @cpu, which is the one that runs this. */
static __always_inline void ps_reasons_add(__u32 cpu, __u32 hook, enum ps_reason reason,
					   __u64 packets)
{
	__u32 is_late = cpu >= cpu_rows;
	__u32 index = ps_reasons_index(is_late ? PS_REASONS_OTHERS : PS_REASONS_CPU + cpu, hook);
	struct ps_reasons *found = bpf_map_lookup_elem(&reasons, &index);

	if (!found)
		return;
	if (is_late)
		__sync_fetch_and_add(&found->count[reason % PS_REASONS_MAX], packets);
	else
		found->count[reason % PS_REASONS_MAX] += packets;
}

#endif

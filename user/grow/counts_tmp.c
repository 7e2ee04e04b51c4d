// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* tmp */
#include "grow/fill.h"
void ps_fill_counts(struct ps_instance *next, const struct ps_instance *former)
{
	__u32 rows = next->meta->cpus * PS_DIRECTIONS;
	/* not exact: until there is a place for it */
	for (__u32 row = 0; row < rows; row++)
		for (__u32 slot = 0; slot < former->meta->capacity; slot++) {
			struct ps_count *to =
				&next->counters[(size_t)row * next->meta->capacity + slot];
			const struct ps_count *from =
				&former->counters[(size_t)row * former->meta->capacity + slot];
			to->packets += from->packets;
			to->bytes += from->bytes;
		}
}
void ps_fill_v1_counts(struct ps_instance *next, const struct ps_v1 *v1) { (void)next; (void)v1; }

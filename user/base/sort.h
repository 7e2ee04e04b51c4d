/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sorting where the items are. qsort(3) takes memory of its own for large ones,
 * a third of what a million rows need. Pure.
 */
#ifndef PORTSTEER_BASE_SORT_H
#define PORTSTEER_BASE_SORT_H

#include <stddef.h>
#include <linux/types.h>

#define PS_SORT_SIZE 128 /* of an item, at most */

typedef int (*ps_sort_compare)(const void *a, const void *b, const void *context);

/* Equal ones are in no order afterwards; what is sorted already costs one look at each. */
void ps_sort(void *items, size_t count, size_t size, ps_sort_compare compare, const void *context);

/* For a comparison, of counters: the greatest comes first. */
static inline int ps_sort_greatest(__u64 a, __u64 b)
{
	return (a < b) - (a > b);
}

#endif

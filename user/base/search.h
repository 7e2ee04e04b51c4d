/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Searching what is sorted, where bsearch(3) will not do: for the place of what
 * may not be there. Pure.
 */
#ifndef PORTSTEER_BASE_SEARCH_H
#define PORTSTEER_BASE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* Whether @item belongs before whatever @sought means. */
typedef bool (*ps_search_is_before)(const void *item, const void *sought);

/* The lower bound: the index of the first of @count items that does not; @count: all of them do. */
size_t ps_search_first(const void *items, size_t count, size_t size, ps_search_is_before is_before,
		       const void *sought);

#endif

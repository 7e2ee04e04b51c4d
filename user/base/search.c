// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Binary search. See search.h.
 */
#include "base/search.h"

size_t ps_search_first(const void *items, size_t count, size_t size, ps_search_is_before is_before,
		       const void *sought)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_before((const char *)items + middle * size, sought))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Quicksort, of few items insertion. See sort.h.
 */
#include <stdbool.h>
#include <string.h>
#include "base/sort.h"

#define FEW 12

struct sorting {
	size_t size;
	ps_sort_compare compare;
	const void *context;
};

static int compare(const struct sorting *sorting, const char *a, const char *b)
{
	return sorting->compare(a, b, sorting->context);
}

static void swap(const struct sorting *sorting, char *a, char *b)
{
	char held[PS_SORT_SIZE];

	memcpy(held, a, sorting->size);
	memcpy(a, b, sorting->size);
	memcpy(b, held, sorting->size);
}

static bool is_sorted(const struct sorting *sorting, const char *items, size_t count)
{
	for (size_t i = 1; i < count; i++, items += sorting->size)
		if (compare(sorting, items, items + sorting->size) > 0)
			return false;
	return true;
}

static void insert_each(const struct sorting *sorting, char *items, size_t count)
{
	size_t size = sorting->size;

	for (size_t i = 1; i < count; i++)
		for (char *at = items + i * size; at > items && compare(sorting, at - size, at) > 0;
		     at -= size)
			swap(sorting, at - size, at);
}

/* The middle one of the first, the last, and that between them. */
static const char *choose(const struct sorting *sorting, const char *items, size_t count)
{
	const char *first = items, *middle = items + count / 2 * sorting->size;
	const char *last = items + (count - 1) * sorting->size;

	if (compare(sorting, first, middle) > 0) {
		const char *held = first;

		first = middle;
		middle = held;
	}
	if (compare(sorting, middle, last) <= 0)
		return middle;
	return compare(sorting, first, last) > 0 ? first : last;
}

/* How many are in the first part, none of which belongs behind one of the second. */
static size_t divide(const struct sorting *sorting, char *items, size_t count)
{
	size_t size = sorting->size, low = 0, high = count - 1;
	char pivot[PS_SORT_SIZE];

	memcpy(pivot, choose(sorting, items, count), size);
	for (;;) {
		while (compare(sorting, items + low * size, pivot) < 0)
			low++;
		while (compare(sorting, items + high * size, pivot) > 0)
			high--;
		if (low >= high)
			return high + 1 < count ? high + 1 : count - 1;
		swap(sorting, items + low++ * size, items + high-- * size);
	}
}

/* The shorter part by recursion, so that there is little of it. */
static void sort(const struct sorting *sorting, char *items, size_t count)
{
	while (count > FEW) {
		size_t first = divide(sorting, items, count), rest = count - first;
		char *second = items + first * sorting->size;

		if (first < rest) {
			sort(sorting, items, first);
			items = second;
			count = rest;
		} else {
			sort(sorting, second, rest);
			count = first;
		}
	}
	insert_each(sorting, items, count);
}

void ps_sort(void *items, size_t count, size_t size, ps_sort_compare compare_items,
	     const void *context)
{
	const struct sorting sorting = { size, compare_items, context };

	if (!is_sorted(&sorting, items, count))
		sort(&sorting, items, count);
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * An open hash of rows. See tally.h.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "observe/tally.h"

#define SIZE_FIRST 64

static __u64 hash_of(const struct ps_tally_row *row)
{
	__u64 words[sizeof(row->endpoint) / sizeof(__u64)], hash = row->reason;

	memcpy(words, &row->endpoint, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	return hash;
}

static bool is_same(const struct ps_tally_row *a, const struct ps_tally_row *b)
{
	return a->reason == b->reason && a->verdict == b->verdict &&
	       !memcmp(&a->endpoint, &b->endpoint, sizeof(a->endpoint));
}

static struct ps_tally_row *find(const struct ps_tally *tally, const struct ps_tally_row *row)
{
	size_t at = hash_of(row) & (tally->size - 1);

	while (tally->row[at].packets && !is_same(&tally->row[at], row))
		at = (at + 1) & (tally->size - 1);
	return &tally->row[at];
}

static void grow(struct ps_tally *tally)
{
	struct ps_tally larger = { .size = tally->size ? 2 * tally->size : SIZE_FIRST };

	larger.row = ps_memory_new(larger.size, sizeof(*larger.row));
	for (size_t i = 0; i < tally->size; i++)
		if (tally->row[i].packets)
			*find(&larger, &tally->row[i]) = tally->row[i];
	free(tally->row);
	tally->row = larger.row;
	tally->size = larger.size;
}

void ps_tally_add(struct ps_tally *tally, const struct ps_tally_row *row)
{
	struct ps_tally_row *found;

	if (2 * (tally->count + 1) > tally->size)
		grow(tally);
	found = find(tally, row);
	if (!found->packets) {
		*found = *row;
		found->packets = 0;
		tally->count++;
	}
	found->packets++;
	tally->packets++;
}

static int compare(const void *a, const void *b)
{
	const struct ps_tally_row *first = a, *second = b;

	if (first->packets != second->packets)
		return first->packets < second->packets ? 1 : -1;
	return ps_endpoint_compare(&first->endpoint, &second->endpoint)
		       ?: (int)first->reason - (int)second->reason;
}

void ps_tally_sort(struct ps_tally *tally)
{
	if (tally->size)
		qsort(tally->row, tally->size, sizeof(*tally->row), compare);
}

void ps_tally_done(struct ps_tally *tally)
{
	free(tally->row);
	*tally = (struct ps_tally){};
}

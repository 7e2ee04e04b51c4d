// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A file against itself: endpoints that are there twice, and ranges of one
 * prefix that cross. Only ranges can, so exact ports cost nothing here.
 */
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "binding/keymap.h"
#include "conflict/duplicate.h"

#define CONFLICTS_MAX 1000 /* who has that many fixes some of them first */

void ps_file_find_duplicates(const struct ps_bindings *bindings, struct ps_conflicts *conflicts)
{
	struct ps_duplicates duplicates = {};
	struct ps_keymap seen;

	ps_keymap_init(&seen, bindings);
	for (size_t i = 0; i < bindings->count && duplicates.count < CONFLICTS_MAX; i++) {
		const struct ps_binding *first = ps_keymap_next(&seen);

		if (first)
			ps_duplicates_add(&duplicates, &bindings->item[i], first);
	}
	ps_keymap_done(&seen);
	ps_conflicts_find_duplicates(conflicts, &duplicates);
	ps_duplicates_done(&duplicates);
}

static bool is_range(const struct ps_endpoint *endpoint)
{
	return endpoint->port_first < endpoint->port_last && endpoint->port_first;
}

/* By prefix, then by first port. Any address comes first, of one family or both. */
static int compare_ranges(const void *a, const void *b)
{
	const struct ps_endpoint *first = &(*(const struct ps_binding *const *)a)->endpoint;
	const struct ps_endpoint *second = &(*(const struct ps_binding *const *)b)->endpoint;
	int order = first->proto - second->proto;

	order = order ?: first->prefix_len - second->prefix_len;
	if (first->prefix_len)
		order = order ?: first->family - second->family;
	order = order ?: memcmp(first->addr, second->addr, sizeof(first->addr));
	return order ?: first->port_first - second->port_first;
}

static bool has_same_prefix(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	return a->proto == b->proto && a->prefix_len == b->prefix_len &&
	       (a->family == b->family || !a->prefix_len) &&
	       !memcmp(a->addr, b->addr, sizeof(a->addr));
}

/* Both are for packets of one family, and neither range is within the other. */
static bool crosses(const struct ps_endpoint *a, const struct ps_endpoint *b)
{
	return (a->family == b->family || a->family == PS_ANY || b->family == PS_ANY) &&
	       ps_ports_cross(a, b);
}

static void note_overlap(struct ps_conflicts *conflicts, const struct ps_binding *a,
			 const struct ps_binding *b)
{
	bool is_later = a->line != b->line ? a->line > b->line : a->column > b->column;
	const struct ps_binding *mine = is_later ? a : b, *other = is_later ? b : a;
	const struct ps_endpoint *first = &mine->endpoint, *second = &other->endpoint;
	struct ps_conflict *conflict = ps_conflicts_add(conflicts, PS_OVERLAP, PS_ERROR, mine);

	ps_endpoint_format(second, conflict->with);
	ps_conflict_say(
		conflict,
		"shares ports %d-%d with %s in line %u, and neither range is within the other",
		first->port_first > second->port_first ? first->port_first : second->port_first,
		first->port_last < second->port_last ? first->port_last : second->port_last,
		conflict->with, other->line);
}

/* Ranges of one prefix, sorted: @open are those that reach the present one. */
static size_t check_range(const struct ps_binding **open, size_t count,
			  const struct ps_binding *range, struct ps_conflicts *conflicts)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (open[i]->endpoint.port_last < range->endpoint.port_first)
			continue;
		open[kept++] = open[i];
		if (conflicts->count < CONFLICTS_MAX &&
		    crosses(&open[i]->endpoint, &range->endpoint))
			note_overlap(conflicts, open[i], range);
	}
	open[kept++] = range;
	return kept;
}

static void find_overlaps(const struct ps_bindings *bindings, struct ps_conflicts *conflicts)
{
	PS_FREED const struct ps_binding **range = NULL, **open = NULL;
	size_t count = 0, room = 0, opened = 0;

	for (size_t i = 0; i < bindings->count; i++) {
		if (!is_range(&bindings->item[i].endpoint))
			continue;
		range = ps_memory_grow(range, count, &room, sizeof(*range));
		range[count++] = &bindings->item[i];
	}
	if (count)
		qsort(range, count, sizeof(*range), compare_ranges);
	open = ps_memory_new(count, sizeof(*open));
	for (size_t i = 0; i < count && conflicts->count < CONFLICTS_MAX; i++) {
		if (i && !has_same_prefix(&range[i - 1]->endpoint, &range[i]->endpoint))
			opened = 0;
		opened = check_range(open, opened, range[i], conflicts);
	}
}

void ps_file_check(const struct ps_bindings *bindings, struct ps_conflicts *conflicts)
{
	ps_file_find_duplicates(bindings, conflicts);
	find_overlaps(bindings, conflicts);
}

void ps_file_note_conflicts(const struct ps_conflicts *conflicts,
			    struct ps_diagnostics *diagnostics)
{
	for (size_t i = 0; i < conflicts->count; i++) {
		const struct ps_conflict *conflict = &conflicts->item[i];
		struct ps_position place = { conflict->line, conflict->column };
		char text[PS_ENDPOINT_TEXT];

		ps_diagnostics_add(diagnostics, place, "%s: %s: %s",
				   ps_conflict_kind_name(conflict->kind),
				   ps_endpoint_format(&conflict->endpoint, text), conflict->text);
	}
}

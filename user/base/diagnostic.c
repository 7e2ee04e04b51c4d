// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Lists of faults. See diagnostic.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/diagnostic.h"
#include "base/memory.h"
#include "base/utf8.h"

void ps_faults_add(struct ps_faults *faults, struct ps_position place, const char *format, ...)
{
	struct ps_fault *fault;
	va_list args;

	faults->total++;
	if (faults->count == PS_FAULTS_MAX)
		return;
	faults->item =
		ps_memory_grow(faults->item, faults->count, &faults->room, sizeof(*faults->item));
	fault = &faults->item[faults->count++];
	fault->place = place;
	va_start(args, format);
	ps_utf8_format(fault->text, sizeof(fault->text), format, args);
	va_end(args);
}

void ps_faults_done(struct ps_faults *faults)
{
	free(faults->item);
	*faults = (struct ps_faults){};
}

static int compare(const struct ps_position *a, const struct ps_position *b)
{
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

/* Insertion keeps the order of equal places, and there are few. */
void ps_faults_sort(struct ps_faults *faults)
{
	for (size_t i = 1; i < faults->count; i++) {
		struct ps_fault fault = faults->item[i];
		size_t at = i;

		for (; at && compare(&faults->item[at - 1].place, &fault.place) > 0; at--)
			faults->item[at] = faults->item[at - 1];
		faults->item[at] = fault;
	}
}

// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Lists of diagnostics. See diagnostic.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/diagnostic.h"
#include "base/memory.h"
#include "base/utf8.h"

void ps_diagnostics_add(struct ps_diagnostics *diagnostics, struct ps_position place,
			const char *format, ...)
{
	struct ps_diagnostic *diagnostic;
	va_list args;

	diagnostics->total++;
	if (diagnostics->count == PS_DIAGNOSTICS_MAX)
		return;
	diagnostics->item = ps_memory_grow(diagnostics->item, diagnostics->count,
					   &diagnostics->room, sizeof(*diagnostics->item));
	diagnostic = &diagnostics->item[diagnostics->count++];
	diagnostic->place = place;
	va_start(args, format);
	ps_utf8_format(diagnostic->text, sizeof(diagnostic->text), format, args);
	va_end(args);
}

void ps_diagnostics_done(struct ps_diagnostics *diagnostics)
{
	free(diagnostics->item);
	*diagnostics = (struct ps_diagnostics){};
}

static int compare(const struct ps_position *a, const struct ps_position *b)
{
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

/* Insertion keeps the order of equal places, and there are few. */
void ps_diagnostics_sort(struct ps_diagnostics *diagnostics)
{
	for (size_t i = 1; i < diagnostics->count; i++) {
		struct ps_diagnostic diagnostic = diagnostics->item[i];
		size_t at = i;

		for (; at && compare(&diagnostics->item[at - 1].place, &diagnostic.place) > 0; at--)
			diagnostics->item[at] = diagnostics->item[at - 1];
		diagnostics->item[at] = diagnostic;
	}
}

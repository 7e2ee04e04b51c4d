/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the files of who.h share. For them alone.
 */
#ifndef PORTSTEER_CONFLICT_WHO_INTERNAL_H
#define PORTSTEER_CONFLICT_WHO_INTERNAL_H

#include "conflict/who.h"

/* Appends a row without words. */
struct ps_who_row *ps_who_add(struct ps_who_rows *rows, enum ps_who_what what,
			      const struct ps_facts *facts);

/* @listener may be for what is asked about. */
bool ps_who_is_at(const struct ps_who_question *question, const struct ps_listener *listener);

/* Which of two sockets the kernel prefers, as for qsort(). */
int ps_who_compare_sockets(const struct ps_listener *a, const struct ps_listener *b);

/* Sorts rows of sockets from @first on. */
void ps_who_sort_sockets(struct ps_who_rows *rows, size_t first);

/* Says why a candidate gets what it gets. */
void ps_who_note(struct ps_who_row *row, const struct ps_who_question *question);

/* Appends what packets do not ask: other sockets, the guard, what is reserved, the kind of port. */
void ps_who_find_rest(struct ps_who_rows *rows, const struct ps_who_question *question,
		      struct ps_facts *facts, struct ps_who_known *known);

/* Appends what could not be looked at. */
void ps_who_add_unchecked(struct ps_who_rows *rows, const struct ps_who_question *question,
			  const struct ps_facts *facts);

#endif

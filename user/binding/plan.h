/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is to change in a table. Pure: the table is a function that finds
 * bindings.
 */
#ifndef PORTSTEER_BINDING_PLAN_H
#define PORTSTEER_BINDING_PLAN_H

#include "binding/binding.h"

/* Finds the binding of exactly @endpoint. */
typedef bool (*ps_binding_find)(void *context, const struct ps_endpoint *endpoint,
				struct ps_binding *ret);

/* No endpoint is in more than one list. */
struct ps_plan {
	struct ps_bindings added;
	struct ps_bindings changed; /* as they will be */
	struct ps_bindings before; /* the same as they are, in the same order */
	struct ps_bindings removed;
	struct ps_bindings same; /* asked for, but there already */
};

/* An endpoint that is asked for twice, or asked for and taken. */
struct ps_duplicate {
	struct ps_binding wanted;
	struct ps_binding holder;
	bool is_in_table; /* else the holder is asked for as well */
};

struct ps_duplicates {
	struct ps_duplicate *item;
	size_t count;
	size_t room;
};

/* What becomes of a binding whose endpoint the table has already. */
enum ps_if_taken {
	PS_REFUSE, /* it is a duplicate */
	PS_REPLACE, /* the one that is there is changed */
};

/*
 * Plans to add @wanted, which is taken over and left empty. Release both
 * results with their done functions.
 */
void ps_plan_bind(struct ps_bindings *wanted, ps_binding_find find, void *context,
		  enum ps_if_taken if_taken, struct ps_plan *ret_plan,
		  struct ps_duplicates *ret_duplicates);

/* Appends one, of which both are asked for. Returns it. */
struct ps_duplicate *ps_duplicates_add(struct ps_duplicates *duplicates,
				       const struct ps_binding *wanted,
				       const struct ps_binding *holder);

bool ps_plan_is_empty(const struct ps_plan *plan);
void ps_plan_done(struct ps_plan *plan);
void ps_duplicates_done(struct ps_duplicates *duplicates);

#endif

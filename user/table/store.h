/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The single steps of publishing. Each writes one thing; their order, and why
 * it is the order, is in publish.c and recover.c.
 */
#ifndef PORTSTEER_TABLE_STORE_H
#define PORTSTEER_TABLE_STORE_H

#include "table/draft.h"

/* What to do with the element of a binding, and with its seat when it has one. */
enum ps_store_what {
	PS_STORE_NEW, /* insert it: only @half sees it; for both when it is hidden */
	PS_STORE_COPY, /* insert it for both halves, as it is in the present generation */
	PS_STORE_ACTION, /* its action in @half, which it has when it is hidden */
	PS_STORE_ALL, /* the same, and the name, which no packet sees */
	PS_STORE_NOTHING, /* PS_NONE: @half sees no binding */
	PS_STORE_NO_MORE, /* delete it: no packet can see it any more */
};

int ps_store_bindings(const struct ps_instance *instance, const struct ps_bindings *bindings,
		      __u32 half, enum ps_store_what what, struct ps_error *error);

/* Sets the numbers of bindings of @shapes, as they are after the change; 0 takes one out. */
int ps_store_shapes(const struct ps_instance *instance, const struct ps_shapes *shapes,
		    struct ps_error *error);

/* Deletes the flows that bindings of these slots saw. */
void ps_store_forget_flows(const struct ps_instance *instance, const struct ps_bindings *bindings);

#endif

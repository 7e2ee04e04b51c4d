/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a command that only reads works on: copies of arrays and bindings, all
 * of one generation. Taken without a lock, beside commands that change them,
 * and good only when the generation is still the same afterwards: the half
 * that packets see is not written before the next one is published.
 */
#ifndef PORTSTEER_INSTANCE_SNAPSHOT_H
#define PORTSTEER_INSTANCE_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include "pins/instance.h"
#include "pins/records.h"

struct ps_row {
	struct ps_endpoint endpoint;
	struct ps_record record;
};

struct ps_snapshot {
	struct ps_row *rows; /* sorted by the bytes of their endpoints */
	size_t count;
};

/* With a change under way, by a command that lives. */
enum ps_patience {
	PS_AWAIT_CHANGE, /* nothing is copied before its end */
	PS_IGNORE_CHANGE, /* it does not end: what packets see is whole all the same */
};

/*
 * Copies the arrays options->reads to the memory of @instance, whose maps are
 * open, if asked for the bindings to its snapshot, and what options->more reads.
 * 1: it changed meanwhile, or a change that is awaited has not ended yet; then try
 * again with a fresh one.
 */
int ps_snapshot_take(struct ps_instance *instance, const struct ps_instance_options *options,
		     enum ps_patience patience, struct ps_error *error);

/* A change is under way, by a command that lives; else what is pending was cut short. */
bool ps_snapshot_is_changing(const struct ps_state *state);

/* The element of @endpoint, or NULL. */
const struct ps_record *ps_snapshot_find(const struct ps_snapshot *snapshot,
					 const struct ps_endpoint *endpoint);

/* Visits every element of the table: of the copy when there is one, else of the map. */
int ps_snapshot_walk(const struct ps_instance *instance, ps_record_visit visit, void *context,
		     struct ps_error *error);

/* Frees it; NULL is let be. */
void ps_snapshot_free(struct ps_snapshot *snapshot);

#endif

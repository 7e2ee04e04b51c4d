/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a command that only reads works on: copies of arrays and bindings, all
 * of one generation. Taken without a lock, beside commands that change them,
 * and good only when the generation is still the same afterwards: the half
 * that packets see is not written before the next one is published.
 */
#ifndef PORTSTEER_SNAPSHOT_H
#define PORTSTEER_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include "instance.h"

struct ps_row {
	struct ps_endpoint endpoint;
	struct ps_record record;
};

struct ps_snapshot {
	struct ps_row *rows; /* sorted by the bytes of their endpoints */
	size_t count;
};

/*
 * Copies the arrays @reads (bits 1 << enum ps_map) to the memory of @instance,
 * whose maps are open, and if asked for the bindings to its snapshot. 1: it
 * changed meanwhile or, for who is @patient, a change has not ended yet; then
 * try again with a fresh one.
 */
int ps_snapshot_take(struct ps_instance *instance, __u32 reads, bool patient,
		     struct ps_error *error);

/* A change is under way, by a command that lives; else what is pending was cut short. */
bool ps_snapshot_is_changing(const struct ps_state *state);

/* The element of @endpoint, or NULL. */
const struct ps_record *ps_snapshot_find(const struct ps_snapshot *snapshot,
					 const struct ps_endpoint *endpoint);

/* Frees it; NULL is let be. */
void ps_snapshot_free(struct ps_snapshot *snapshot);

#endif

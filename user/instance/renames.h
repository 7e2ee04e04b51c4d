/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names that a change gives to bindings which are there already. Names have no
 * halves, so they are written after the change is published; until then they
 * are in a map of their own, pinned as `renames`, with the generation that they
 * are for. Who finds it after a kill knows what is still to be written, and
 * readers what a binding is called. It is there only while a change is pending.
 */
#ifndef PORTSTEER_INSTANCE_RENAMES_H
#define PORTSTEER_INSTANCE_RENAMES_H

#include "binding/plan.h"
#include "pins/instance.h"

struct ps_renames {
	struct ps_rename *item;
	size_t count;
};

/* Pins the names that @plan changes, for @generation; nothing when it changes none. */
int ps_renames_pin(const struct ps_instance *instance, const struct ps_plan *plan, __u64 generation,
		   struct ps_error *error);

/* Those that are pinned for @generation, the present one, or none. Free with ps_renames_done(). */
int ps_renames_read(const struct ps_instance *instance, __u64 generation, struct ps_renames *ret,
		    struct ps_error *error);
void ps_renames_done(struct ps_renames *renames);

/* All of them are written, or belong to a generation that was not published. */
int ps_renames_unpin(const struct ps_instance *instance, struct ps_error *error);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How many bindings of each family take traffic away: struct ps_takers. Kept with
 * every change, so that no change has to read the whole table for it.
 */
#ifndef PORTSTEER_INSTANCE_TAKERS_H
#define PORTSTEER_INSTANCE_TAKERS_H

#include "binding/binding.h"
#include "binding/plan.h"
#include "pins/instance.h"

/* Counts a binding that comes (@by is 1) or goes (-1), if it takes traffic away. */
void ps_takers_count(struct ps_takers *takers, const struct ps_endpoint *endpoint,
		     enum ps_action action, int by);

/*
 * From those of the present generation, in @takers, to those of the next, with @plan. Reads the
 * table when they are not of the present one: a build that did not count published it.
 */
int ps_takers_change(const struct ps_instance *instance, const struct ps_plan *plan,
		     struct ps_takers *takers, struct ps_error *error);

/* Counts what a build published that did not. Packets may see numbers while they are written. */
int ps_takers_repair(const struct ps_instance *instance, struct ps_error *error);

#endif

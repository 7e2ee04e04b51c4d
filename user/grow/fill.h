/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What an instance holds, put into the larger maps of another that packets do not
 * read yet; and what it counted, when packets do not count there any more.
 */
#ifndef PORTSTEER_GROW_FILL_H
#define PORTSTEER_GROW_FILL_H

#include "grow/v1.h"
#include "pins/instance.h"

/* Bindings in both halves, their slots, shapes and owners. */
int ps_fill(struct ps_instance *next, const struct ps_instance *former, struct ps_error *error);

/* Of one that was made by another ABI: what packets look up, computed anew from its bindings. */
int ps_fill_compiled(struct ps_instance *next, struct ps_error *error);
void ps_fill_v1_counts(struct ps_instance *next, const struct ps_v1 *v1);

/*
 * Where @next has another map of flows: programs of both may be met from now on, see struct
 * ps_flow_state; and when none of @former's is met any more, its flows go on in that of @next. Done
 * twice it is the same, wherever it was cut short.
 */
void ps_fill_flows_begin(struct ps_instance *next, const struct ps_instance *former);
int ps_fill_flows(struct ps_instance *next, const struct ps_instance *former,
		  struct ps_error *error);

/* Counts of @former are those that @next goes on from. The same when it is done twice. */
int ps_fill_counts(struct ps_instance *next, struct ps_instance *former, struct ps_error *error);

#endif

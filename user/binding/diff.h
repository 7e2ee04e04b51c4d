/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What makes a table equal to a list of bindings: begin with the list, meet
 * each binding of the table once, in any order, and end with the plan. Pure.
 */
#ifndef PORTSTEER_BINDING_DIFF_H
#define PORTSTEER_BINDING_DIFF_H

#include "binding/keymap.h"
#include "binding/plan.h"

struct ps_difference {
	struct ps_bindings wanted;
	struct ps_keymap map; /* of wanted */
	bool *is_met; /* for each of wanted: the table has its endpoint */
	size_t same; /* bindings that stay as they are */
	struct ps_plan plan;
};

/*
 * Takes @wanted over, in which no endpoint is twice, and leaves it empty.
 * Release with ps_difference_done().
 */
void ps_difference_begin(struct ps_difference *difference, struct ps_bindings *wanted);

/* @present is in the table. What is not wanted is removed; of the rest, names count too. */
void ps_difference_meet(struct ps_difference *difference, const struct ps_binding *present);

/* Completes difference->plan: what was not met is added. */
void ps_difference_end(struct ps_difference *difference);
void ps_difference_done(struct ps_difference *difference);

#endif

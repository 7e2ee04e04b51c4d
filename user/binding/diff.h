/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What makes a table equal to a list of bindings: begin with the list, meet
 * each binding of the table once, in any order, and end with the plan. Pure.
 */
#ifndef PORTSTEER_BINDING_DIFF_H
#define PORTSTEER_BINDING_DIFF_H

#include "binding/keymap.h"
#include "binding/plan.h"

struct ps_diff {
	struct ps_bindings wanted;
	struct ps_keymap map; /* of wanted */
	bool *is_met; /* for each of wanted: the table has its endpoint */
	size_t same; /* bindings that stay as they are */
	struct ps_plan plan;
};

/*
 * Takes @wanted over, in which no endpoint is twice, and leaves it empty.
 * Release with ps_diff_done().
 */
void ps_diff_begin(struct ps_diff *diff, struct ps_bindings *wanted);

/* @present is in the table. What is not wanted is removed; of the rest, names count too. */
void ps_diff_meet(struct ps_diff *diff, const struct ps_binding *present);

/* Completes diff->plan: what was not met is added. */
void ps_diff_end(struct ps_diff *diff);
void ps_diff_done(struct ps_diff *diff);

#endif

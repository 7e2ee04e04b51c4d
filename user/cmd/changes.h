/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a change is made of, for apply, and one line of it, also for monitor.
 */
#ifndef PORTSTEER_CMD_CHANGES_H
#define PORTSTEER_CMD_CHANGES_H

#include "binding/binding.h"
#include "cmd/context.h"

enum ps_sign {
	PS_ADDED,
	PS_CHANGED,
	PS_REMOVED,
};

struct ps_change_line {
	enum ps_sign sign;
	const struct ps_binding *binding;
	const struct ps_binding *before; /* of PS_CHANGED, else NULL */
};

/* "drop name x", what stands behind the endpoint. */
void ps_change_print_words(const struct ps_binding *binding);

/* "+ tcp any:23 drop name x" and a newline; what was before behind a #, as comments of a batch. */
void ps_change_print(const struct ps_change_line *line);

/* The same as an object: change, endpoint, words, name, words_before, name_before. */
json_t *ps_change_row(const struct ps_change_line *line);

/* Prints what it adds, changes, removes, sorted, in the words of bind, attach and guard. */
int ps_transition_print(struct ps_context *context, const struct ps_transition *transition);

#endif

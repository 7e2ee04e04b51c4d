/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A file, and what it changes: compared with an instance, carried out on it.
 * For the commands that make a table what somebody says.
 */
#ifndef PORTSTEER_CMD_TRANSITION_H
#define PORTSTEER_CMD_TRANSITION_H

#include "candidate.h"
#include "cmd.h"
#include "difference.h"

/* What the file says of sockets: what was found, and what that changes. */
struct ps_socket_change {
	struct ps_candidates *found; /* at each place of the file */
	struct ps_registry before;
	struct ps_socket_plan plan;
};

struct ps_transition {
	struct ps_file file; /* its bindings are taken over by the comparison */
	struct ps_difference bindings;
	struct ps_interface_plan interfaces;
	struct ps_guard_plan guard;
	struct ps_socket_change sockets;
	bool is_published;
};

/* Compares the file with @instance, NULL: with nothing. Release with ps_transition_done(). */
int ps_transition_compare(struct ps_context *context, const struct ps_instance *instance,
			  struct ps_transition *transition);

/* The same with another file. */
void ps_transition_compare_file(const struct ps_file *from, struct ps_transition *transition);

bool ps_transition_is_nothing(const struct ps_transition *transition);

/* After a failure nothing is changed, unless transition->is_published. */
int ps_transition_carry_out(struct ps_context *context, struct ps_instance *instance,
			    struct ps_transition *transition);

/* Makes @instance what ps_transition_former() found there. */
int ps_transition_go_back(struct ps_context *context, struct ps_instance *instance,
			  const struct ps_file *former);
void ps_transition_done(struct ps_transition *transition);

/* Prints what it adds, changes, removes, sorted, in the words of bind, attach and guard. */
int ps_transition_print(struct ps_context *context, const struct ps_transition *transition);

/*
 * What makes the guard of @instance (NULL: none) what the file says; nothing when it does not speak
 * of it. An error when its cgroup is not there.
 */
int ps_transition_plan_guard(struct ps_context *context, const struct ps_instance *instance,
			     struct ps_transition *transition);

/* Carries that plan out. The guard is as it was after a failure. */
int ps_transition_put_guard(struct ps_context *context, struct ps_instance *instance,
			    const struct ps_guard_plan *plan);

/*
 * Looks for the sockets that the file names, and compares them with those of @instance (NULL:
 * none); nothing when it does not speak of them. Where nobody waits is noted, and is no error.
 */
int ps_transition_plan_sockets(struct ps_context *context, const struct ps_instance *instance,
			       struct ps_transition *transition);
void ps_socket_change_done(struct ps_transition *transition);

/*
 * Carries that out in two steps, with the table published between them: what is new first, so that
 * no packet meets a name without sockets. The third function undoes the first.
 */
int ps_transition_add_sockets(struct ps_context *context, struct ps_instance *instance,
			      const struct ps_transition *transition);
int ps_transition_settle_sockets(struct ps_context *context, struct ps_instance *instance,
				 const struct ps_transition *transition);
void ps_transition_undo_sockets(struct ps_instance *instance,
				const struct ps_transition *transition);

/*
 * What is there, as a file would say it; of interfaces and the guard only when @like speaks of
 * them.
 */
int ps_transition_former(struct ps_context *context, const struct ps_instance *instance,
			 const struct ps_file *like, struct ps_file *ret);

#endif

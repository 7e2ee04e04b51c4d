/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The steps that functions of apply.h are made of. For them alone.
 */
#ifndef PORTSTEER_APPLY_INTERNAL_H
#define PORTSTEER_APPLY_INTERNAL_H

#include "apply/apply.h"
#include "apply/facts.h"
#include "apply/transition.h"
#include "apply/trial.h"
#include "table/draft.h"

/*
 * Opens the instance for PS_CHANGE, PS_REMOVE or PS_CREATE, and recovers it. An
 * error while a change waits for confirmation.
 */
int ps_apply_open(struct ps_apply *apply, enum ps_access access, struct ps_instance *ret_instance);

/* The same, for who has to do with that change, or changes nothing that it takes back. */
int ps_apply_open_on_trial(struct ps_apply *apply, enum ps_access access,
			   struct ps_instance *ret_instance);

/*
 * Flows get more room, if they need it and no change is on trial, which belongs to the directory
 * that it began in. That this could not be done is noted; an error is it only when nothing may be
 * changed.
 */
int ps_apply_make_room(struct ps_apply *apply, struct ps_instance *instance);

/*
 * Closes it, and takes it away when it holds nothing any more, also when another
 * command was killed before it did so; when that cannot be done, it is noted. 0,
 * or -1 when the change @failed.
 */
int ps_apply_close(struct ps_apply *apply, struct ps_instance *instance, int failed);

/*
 * Publishes @plan, unless it is empty or a conflict forbids it. What it gets
 * into is reported, and appended to @conflicts.
 */
int ps_apply_publish(struct ps_apply *apply, struct ps_instance *instance, struct ps_plan *plan,
		     struct ps_conflicts *conflicts);

/*
 * The same up to publishing, as if interfaces and sockets of @transition were attached and
 * registered; the instance may be open to read.
 */
int ps_apply_rehearse(struct ps_apply *apply, struct ps_instance *instance,
		      struct ps_transition *transition, struct ps_conflicts *conflicts);

/*
 * Puts @place before the text of the error, if what is wanted is in a file and @place is in it.
 * Returns -1.
 */
int ps_apply_locate(struct ps_apply *apply, struct ps_position place);

/*
 * An error when one of @conflicts forbids the change, which then is the last of them: the others
 * are reported before.
 */
int ps_apply_refuse(struct ps_apply *apply, struct ps_conflicts *conflicts);

/* Notes what will bite when @options are attached. */
void ps_apply_warn_attach(const struct ps_report *report, const struct ps_instance *instance,
			  const struct ps_attach_options *options);

/* The same because @draft is the first with a redirect. */
void ps_apply_warn_redirect(const struct ps_report *report, const struct ps_draft *draft,
			    const struct ps_facts *facts);

/* What a file would say of @instance, but for its bindings; appended to @ret. */
int ps_apply_describe(const struct ps_instance *instance, struct ps_file *ret,
		      struct ps_error *error);

/* Appends how each interface is attached. Release with ps_interfaces_done(). */
void ps_apply_list_interfaces(const struct ps_instance *instance, struct ps_interfaces *ret);

/*
 * What makes the interfaces of @instance (NULL: none) equal to those of the file;
 * nothing when it does not speak of them.
 */
int ps_apply_plan_interfaces(struct ps_apply *apply, const struct ps_instance *instance,
			     struct ps_transition *transition);

/*
 * Carries the plan out in two steps, with the table published between them.
 * After a failure of the first nothing is attached that was not; what it
 * attached, all of plan->added or some, the third function takes off again.
 */
int ps_apply_attach_added(struct ps_apply *apply, struct ps_instance *instance,
			  const struct ps_interface_plan *plan);
int ps_apply_attach_rest(struct ps_apply *apply, struct ps_instance *instance,
			 const struct ps_interface_plan *plan);
void ps_apply_detach_added(struct ps_instance *instance, const struct ps_interface_plan *plan,
			   size_t count);

/* Compares the file with @instance, NULL: with nothing. Release with ps_transition_done(). */
int ps_transition_compare(struct ps_apply *apply, const struct ps_instance *instance,
			  struct ps_transition *transition);

/* After a failure nothing is changed, unless transition->is_published. */
int ps_transition_carry_out(struct ps_apply *apply, struct ps_instance *instance,
			    struct ps_transition *transition);

/*
 * What is there, as a file would say it; of interfaces and the guard only when @like speaks of
 * them.
 */
int ps_transition_former(struct ps_apply *apply, const struct ps_instance *instance,
			 const struct ps_file *like, struct ps_file *ret);

/* Makes @instance what ps_transition_former() found there. */
int ps_transition_go_back(struct ps_apply *apply, struct ps_instance *instance,
			  const struct ps_file *former);

/*
 * What makes the guard of @instance (NULL: none) what the file says; nothing when it does not speak
 * of it. An error when its cgroup is not there.
 */
int ps_transition_plan_guard(struct ps_apply *apply, const struct ps_instance *instance,
			     struct ps_transition *transition);

/* Carries that plan out. The guard is as it was after a failure. */
int ps_transition_put_guard(struct ps_apply *apply, struct ps_instance *instance,
			    const struct ps_guard_plan *plan);

/*
 * Reserves the ports that @instance claims, because a process that has the kernel pick one gets
 * past the guard, which is on now. What was reserved, or why nothing is, is noted.
 */
void ps_apply_guard_ports(struct ps_apply *apply, struct ps_instance *instance);

/*
 * Looks for the sockets that the file names, and compares them with those of @instance (NULL:
 * none); nothing when it does not speak of them. Where nobody waits is noted, and is no error.
 */
int ps_transition_plan_sockets(struct ps_apply *apply, const struct ps_instance *instance,
			       struct ps_transition *transition);
void ps_socket_change_done(struct ps_transition *transition);

/*
 * Carries that out in two steps, with the table published between them: what is new first, so that
 * no packet meets a name without sockets. The third function undoes the first.
 */
int ps_transition_add_sockets(struct ps_apply *apply, struct ps_instance *instance,
			      const struct ps_transition *transition);
int ps_transition_replace_sockets(struct ps_apply *apply, struct ps_instance *instance,
				  const struct ps_transition *transition);
void ps_transition_undo_sockets(struct ps_instance *instance,
				const struct ps_transition *transition);

/*
 * Begins the trial of @transition. In the process of its own it never returns:
 * that puts @former back when it has to. The seconds are in @ret.
 */
int ps_confirm_begin(struct ps_apply *apply, struct ps_instance *instance,
		     struct ps_transition *transition, struct ps_file *former,
		     struct ps_trial *ret);

#endif

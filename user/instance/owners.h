/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whom bindings belong to: a pinned map, `owners`, by slot, made when the first
 * binding has an owner or the guard is switched on. Packets do not look at it.
 */
#ifndef PORTSTEER_INSTANCE_OWNERS_H
#define PORTSTEER_INSTANCE_OWNERS_H

#include "base/answer.h"
#include "binding/binding.h"
#include "pins/instance.h"

/* Sets instance->owners_fd when there is such a map. */
int ps_owners_open(struct ps_instance *instance, enum ps_access access, struct ps_error *error);

/* The same, and makes it when there is none. */
int ps_owners_need(struct ps_instance *instance, struct ps_error *error);

/* Gives @to, which has another room for bindings, a map of its own with the same owners. */
int ps_owners_copy(const struct ps_instance *from, struct ps_instance *to, struct ps_error *error);

/* Whether a binding that has its slot has an owner, and which. */
struct ps_answer ps_owners_find(const struct ps_instance *instance,
				const struct ps_binding *binding, const char **ret_owner);

/*
 * An error when a user is not known here; a cgroup need not be there. @targets are those that the
 * bindings will have.
 */
int ps_owners_check(const struct ps_bindings *bindings, const struct ps_target *targets,
		    struct ps_error *error);

/* Before @bindings are published: those with an owner are said to be theirs. */
int ps_owners_set(struct ps_instance *instance, const struct ps_bindings *bindings,
		  const struct ps_target *targets, struct ps_error *error);

/* When they are: what is left of owners that they do not have, or of all of them. */
void ps_owners_tidy(const struct ps_instance *instance, const struct ps_bindings *bindings);
void ps_owners_forget(const struct ps_instance *instance, const struct ps_bindings *bindings);

#endif

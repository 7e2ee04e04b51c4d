/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whom a binding belongs to, as text: "user:www-data", "cgroup:/system.slice", "pid". Pure.
 */
#ifndef PORTSTEER_BINDING_OWNER_H
#define PORTSTEER_BINDING_OWNER_H

#include "binding/binding.h"

/* Fills in the owner; which there can be depends on the action, if it is known. */
int ps_owner_parse(const char *word, struct ps_binding *binding, struct ps_error *error);

/* The processes that the sockets of a binding are of. */
bool ps_owner_is_process(const char *owner);

/* A binding with that action can have that owner; NULL is none. */
bool ps_owner_fits(const char *owner, enum ps_action action);

#endif

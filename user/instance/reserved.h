/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which of the ports in ip_local_reserved_ports an instance put there: a pinned
 * map, `reserved`, one bit for each port, which is there while any is set. The
 * kernel's list itself does not say who asked for what.
 */
#ifndef PORTSTEER_INSTANCE_RESERVED_H
#define PORTSTEER_INSTANCE_RESERVED_H

#include "base/answer.h"
#include "base/portset.h"
#include "pins/instance.h"

/* Nothing when there is no such pin. */
int ps_reserved_read(const struct ps_instance *instance, struct ps_portset *ret,
		     struct ps_error *error);

/* Whether some port is reserved for @instance, whose namespace is there yet. */
struct ps_answer ps_reserved_is_any(const struct ps_instance *instance);

/*
 * Makes @needed what the instance, open to change, reserves, without those that
 * others reserved already, and @ret_now the kernel's whole list. Killed at any
 * moment, what it reserved is still known as its own.
 */
int ps_reserved_set(const struct ps_instance *instance, const struct ps_portset *needed,
		    struct ps_portset *ret_now, struct ps_error *error);

/*
 * Reserves what is missing of @needed for the guard, leaving the rest as it is, and remembers it as
 * the guard's.
 */
int ps_reserved_guard(const struct ps_instance *instance, const struct ps_portset *needed,
		      struct ps_portset *ret_added, struct ps_error *error);

/* Takes back what is the guard's. */
int ps_reserved_unguard(const struct ps_instance *instance, struct ps_error *error);

/* It is not the guard's any more: it was asked for. */
int ps_reserved_keep(const struct ps_instance *instance, struct ps_error *error);

#endif

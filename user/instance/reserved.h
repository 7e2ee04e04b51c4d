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
 * The same for the guard: @needed comes beside what is reserved, and @ret_added is what was not.
 * What it added is remembered, and taken back by the second; once somebody asks for it, the third
 * forgets that it was the guard.
 */
int ps_reserved_guard(const struct ps_instance *instance, const struct ps_portset *needed,
		      struct ps_portset *ret_added, struct ps_error *error);
int ps_reserved_unguard(const struct ps_instance *instance, struct ps_error *error);
int ps_reserved_keep(const struct ps_instance *instance, struct ps_error *error);

#endif

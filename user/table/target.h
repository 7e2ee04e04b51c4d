/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Redirect targets in one half of `targets`, resolved to interface indexes and
 * link addresses. Finding one is target_find.h.
 */
#ifndef PORTSTEER_TABLE_TARGET_H
#define PORTSTEER_TABLE_TARGET_H

#include "pins/instance.h"

/*
 * Looks up interfaces and neighbours of all targets of @half in the current
 * network namespace. Neighbours that nobody asked for before are waited for.
 * What cannot be looked up stays as it was, which a notice says, and is counted
 * in @ret_kept; it is an error for a target that was never looked up.
 */
int ps_targets_resolve(struct ps_target half[PS_TARGETS_MAX], int *ret_kept,
		       struct ps_error *error);

/* Lets XDP send to every target of @half; one whose interface went meanwhile becomes NO_DEVICE. */
int ps_targets_add_devices(const struct ps_instance *instance,
			   struct ps_target half[PS_TARGETS_MAX], struct ps_error *error);

/* Forgets interfaces that no target of @half needs. */
void ps_targets_remove_devices(const struct ps_instance *instance,
			       const struct ps_target half[PS_TARGETS_MAX]);

#endif

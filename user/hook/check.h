/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What has to be so before a program is attached. Where, and how, is what
 * @wanted says: hook, mode, whether it is shared, name and index of the
 * interface. Nothing is changed here.
 */
#ifndef PORTSTEER_HOOK_CHECK_H
#define PORTSTEER_HOOK_CHECK_H

#include "pins/instance.h"

/* That nothing is pinned where we will pin. */
int ps_hook_check_pin(const struct ps_instance *instance, enum ps_hook hook, const char *device,
		      struct ps_error *error);

/* Not another way than @present: that would leave packets unsteered in between. */
int ps_hook_check_way(const struct ps_hook_info *wanted, const struct ps_hook_info *present,
		      struct ps_error *error);

/*
 * That programs can read what packets of the interface begin with. Says in it
 * whether they have a link header.
 */
int ps_hook_check_framing(struct ps_hook_info *wanted, struct ps_error *error);

/*
 * That XDP is not taken by a program of others: it is refused by name, never
 * removed. PS_EXIT_CONFLICT when it cannot be shared as is wanted.
 */
int ps_hook_check_free(const struct ps_hook_info *wanted, struct ps_error *error);

#endif

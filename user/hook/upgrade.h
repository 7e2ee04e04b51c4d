/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs of one build of portsteer and commands of another, with the same
 * ABI. Both read every map alike; only an action or a flag that one of them does not
 * know would mean something else to it, so that alone is refused.
 */
#ifndef PORTSTEER_HOOK_UPGRADE_H
#define PORTSTEER_HOOK_UPGRADE_H

#include "binding/plan.h"
#include "pins/instance.h"

/* An attached program of another build, or NULL. */
const struct ps_hook_info *ps_upgrade_find(const struct ps_instance *instance);

/* PS_EXIT_CONFLICT when an attached program does not know what @plan brings. */
int ps_upgrade_check_plan(const struct ps_instance *instance, const struct ps_plan *plan,
			  struct ps_error *error);

/* PS_EXIT_CONFLICT when this build does not know what is bound. */
int ps_upgrade_check_table(const struct ps_instance *instance, struct ps_error *error);

#endif

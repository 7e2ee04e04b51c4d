/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What apply --confirm does around its change: the process that takes it back.
 */
#ifndef PORTSTEER_CMD_CONFIRM_H
#define PORTSTEER_CMD_CONFIRM_H

#include "cmd_transition.h"
#include "trial.h"

/*
 * Begins the trial of @transition. In the process of its own it never returns:
 * that puts @former back when it has to. The seconds are in @ret.
 */
int ps_confirm_begin(struct ps_context *context, struct ps_instance *instance,
		     struct ps_transition *transition, struct ps_file *former,
		     struct ps_trial *ret);

#endif

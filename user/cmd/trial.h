/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A change on trial, as 'status' shows it.
 */
#ifndef PORTSTEER_CMD_TRIAL_H
#define PORTSTEER_CMD_TRIAL_H

#include <jansson.h>
#include "pins/instance.h"

/* null when there is none. */
json_t *ps_trial_row(const struct ps_instance *instance);

/* A line on stdout, when there is one. */
void ps_trial_print(const struct ps_instance *instance);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Grace periods, as in RCU: what nobody can find any more is still in use by
 * who found it before, until one of these is over.
 */
#ifndef PORTSTEER_PINS_GRACE_H
#define PORTSTEER_PINS_GRACE_H

#include "pins/instance.h"

/* Waits until every packet that is in a program now has left it. */
int ps_grace_wait(const struct ps_instance *instance, struct ps_error *error);

#endif

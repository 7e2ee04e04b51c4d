/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs that read the maps of an instance as it is now, on every hook that has
 * one which read what it was.
 */
#ifndef PORTSTEER_GROW_EXCHANGE_H
#define PORTSTEER_GROW_EXCHANGE_H

#include "pins/instance.h"

/* That they can be loaded; so that what the kernel refuses, it refuses before anything is done. */
int ps_exchange_rehearse(struct ps_instance *next, struct ps_error *error);

/* Puts them there. The same when it is done twice. */
int ps_exchange(struct ps_instance *next, struct ps_error *error);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Moving an instance of ABI 1, under packets, as one grows: what it holds goes into
 * maps of today, and the programs of every hook are exchanged (doc/adr/0042).
 */
#ifndef PORTSTEER_GROW_MOVE_H
#define PORTSTEER_GROW_MOVE_H

#include "pins/instance.h"

/*
 * Makes an instance of today of the one of ABI 1 that has the name of @options, if there is one,
 * or goes on with that. After a failure the old one is as it was; or the new one is there, and the
 * next command that changes it goes on.
 */
int ps_move(const struct ps_instance_options *options, struct ps_error *error);

#endif

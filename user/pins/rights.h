/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who may open what is pinned. The kernel knows maps that are open to read
 * only, but not programs: whoever can open one can run it. So programs are for
 * their owner alone, whatever else a group may read.
 */
#ifndef PORTSTEER_PINS_RIGHTS_H
#define PORTSTEER_PINS_RIGHTS_H

#include "pins/instance.h"

/* Takes the programs of @instance, and what is attached, from all but the owner. */
void ps_rights_repair(const struct ps_instance *instance);

#endif

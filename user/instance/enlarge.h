/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps that have one element, which nobody uses, until they are needed: `sent`,
 * `carried`, `arguments`.
 */
#ifndef PORTSTEER_INSTANCE_ENLARGE_H
#define PORTSTEER_INSTANCE_ENLARGE_H

#include "pins/instance.h"

/*
 * Replaces @map, pin and all, by an empty one that has room for what the instance
 * has room for, unless it has been. Before any program is loaded that uses it:
 * those that are loaded keep the old one. The instance is open to be changed.
 */
int ps_instance_enlarge(struct ps_instance *instance, enum ps_map map, struct ps_error *error);

#endif

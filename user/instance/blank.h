/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An instance without maps, to try things on.
 */
#ifndef PORTSTEER_INSTANCE_BLANK_H
#define PORTSTEER_INSTANCE_BLANK_H

#include "pins/instance.h"

/*
 * An instance of an empty table that is nowhere but in memory, to draft what a
 * table would be. The caller may say in hooks what would be attached; it
 * cannot be changed.
 */
void ps_instance_blank(const char *name, __u32 max_bindings, struct ps_instance *ret);

#endif

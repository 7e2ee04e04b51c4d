/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Readers of single hooks, for occupant.c. Each appends what it finds, in the
 * order in which packets meet it.
 */
#ifndef PORTSTEER_OCCUPANT_HOOK_H
#define PORTSTEER_OCCUPANT_HOOK_H

#include "occupant.h"

void ps_occupants_read_xdp(__u32 ifindex, struct ps_occupants *occupants);
void ps_occupants_read_tcx(__u32 ifindex, enum ps_hook hook, struct ps_occupants *occupants);
void ps_occupants_read_clsact(__u32 ifindex, enum ps_hook hook, struct ps_occupants *occupants);

#endif

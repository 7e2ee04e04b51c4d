/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Stale attachments, repaired before a new one: what followed its renamed
 * interface gets the new name, what is dead gives its slot back.
 */
#ifndef PORTSTEER_HOOK_ADOPT_H
#define PORTSTEER_HOOK_ADOPT_H

#include "pins/instance.h"

/*
 * All that concerns @device, by its recorded or its present name. Afterwards
 * what is recorded for it is attached to it, or needs to be renewed.
 */
int ps_adopt_device(struct ps_instance *instance, const char *device, struct ps_error *error);

/* Frees a slot whose program is attached nowhere any more, and returns it; -1: there is none. */
int ps_adopt_reclaim(struct ps_instance *instance);

#endif

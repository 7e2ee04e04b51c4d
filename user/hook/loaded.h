/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs to attach: one that is loaded already where it serves, else a fresh one.
 * Verifying one takes a tenth of a second.
 */
#ifndef PORTSTEER_HOOK_LOADED_H
#define PORTSTEER_HOOK_LOADED_H

#include "pins/instance.h"

/*
 * The program for hook @slot, which `hooks` describes already. The caller closes
 * *@ret_fd. One that another hook has is taken where this user may ask for programs,
 * and when it is of this build and uses the maps that the instance has now.
 */
int ps_loaded_get(struct ps_instance *instance, int slot, int *ret_fd, struct ps_error *error);

#endif

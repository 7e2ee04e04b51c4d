/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Others on the XDP hook that we want: refused by name, never removed.
 */
#ifndef PORTSTEER_RIVAL_H
#define PORTSTEER_RIVAL_H

#include "hook.h"

/* PS_EXIT_CONFLICT when XDP on @ifindex is taken, and cannot be shared as @options ask. */
int ps_rival_refuse(const struct ps_attach_options *options, __u32 ifindex, struct ps_error *error);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One program on one hook of one interface: putting it there, and taking away
 * what is ours and nothing else.
 */
#ifndef PORTSTEER_LINK_H
#define PORTSTEER_LINK_H

#include <portsteer/abi.h>
#include "error.h"

/*
 * Puts @prog_fd where @info says (device, ifindex, hook, mode) and pins it at
 * @pin. Sets the mode to what it became, and made_clsact.
 */
int ps_link_attach(int prog_fd, const char *pin, struct ps_hook_info *info, struct ps_error *error);

/* Takes it away. What is gone already is no error. */
int ps_link_detach(const char *pin, const struct ps_hook_info *info, struct ps_error *error);

#endif

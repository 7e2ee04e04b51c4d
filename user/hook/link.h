/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One program on one hook of one interface: putting it there, and taking away
 * what is ours and nothing else.
 */
#ifndef PORTSTEER_HOOK_LINK_H
#define PORTSTEER_HOOK_LINK_H

#include <portsteer/abi.h>
#include "base/answer.h"
#include "base/error.h"

/*
 * Puts @prog_fd where @info says (device, ifindex, hook, mode) and pins it at
 * @pin. Sets the mode to what it became, link_id, and made_clsact.
 */
int ps_link_attach(int prog_fd, const char *pin, struct ps_hook_info *info, struct ps_error *error);

/* Puts @prog_fd in the place of the program that is there. Each packet meets one of them. */
int ps_link_update(int prog_fd, const char *pin, const struct ps_hook_info *info,
		   struct ps_error *error);

/*
 * Takes it away. What is gone already is no error; what somebody else pinned there stays. An error
 * when it cannot be told what is there, or whether ours is attached without its pin.
 */
int ps_link_detach(const char *pin, const struct ps_hook_info *info, struct ps_error *error);

/* Whether the link @link_id exists; the caller then closes *@ret_fd. */
struct ps_answer ps_link_open(__u32 link_id, int *ret_fd);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What to say of an attachment that is stale: what happened, and the command
 * that repairs it. Pure.
 */
#ifndef PORTSTEER_HOOK_STALE_H
#define PORTSTEER_HOOK_STALE_H

#include "hook/attachment.h"

/* "the interface was made anew"; "" when attached. */
const char *ps_stale_detail(enum ps_attachment_state state);

/* "portsteer attach eth0 hook tc", as base/advice.h makes it; "" when there is nothing to fix. */
const char *ps_stale_command(const struct ps_attachments *attachments,
			     const struct ps_attachment *attachment);

#endif

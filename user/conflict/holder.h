/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who holds a socket, in words: the processes that have it open, the kernel
 * itself, or that it is not known. Whether they are an owner of a binding.
 */
#ifndef PORTSTEER_CONFLICT_HOLDER_H
#define PORTSTEER_CONFLICT_HOLDER_H

#include "base/answer.h"
#include "conflict/conflict.h"

#define PS_HOLDER_TEXT 768

/*
 * Whether the kernel itself holds @listener, of which processes were looked for. A yes comes with
 * the interface that it is for, NULL when that is not known.
 */
struct ps_answer ps_holder_is_kernel(const struct ps_facts *facts,
				     const struct ps_listener *listener,
				     const struct ps_device **ret_device);

/* "nginx, pids 71, 72, user root, unit nginx.service". Returns @text. */
const char *ps_holder_format(const struct ps_facts *facts, const struct ps_listener *listener,
			     char text[PS_HOLDER_TEXT]);

/*
 * Whether sockets of @listener are @owner's ("user:www-data", "cgroup:/system.slice"): made by it,
 * or open in a process of it. Not known when neither is to be seen.
 */
struct ps_answer ps_holder_is_owner(const struct ps_listener *listener, const char *owner);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TC for kernels without TCX: a filter on the clsact qdisc, found again by its
 * program. The qdisc is taken away only when we made it and nobody else uses
 * it.
 */
#ifndef PORTSTEER_HOOK_CLSACT_H
#define PORTSTEER_HOOK_CLSACT_H

#include <stdbool.h>
#include <portsteer/abi.h>
#include "base/error.h"

/* As ps_link_attach(). */
int ps_clsact_attach(int prog_fd, const char *path, struct ps_hook_info *info,
		     struct ps_error *error);

/* As ps_link_update(). */
int ps_clsact_replace(int prog_fd, const char *path, const struct ps_hook_info *info,
		      struct ps_error *error);

/* Removes our filter; the pin stays the caller's. What is gone already is no error. */
int ps_clsact_detach(const struct ps_hook_info *info, struct ps_error *error);

/* A filter of ours has this handle and this priority. */
bool ps_clsact_is_place(__u32 handle, __u32 priority);

#endif

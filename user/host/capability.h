/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which capabilities this process lacks, by name: the kernel itself only says
 * "not permitted", or rejects the program.
 */
#ifndef PORTSTEER_HOST_CAPABILITY_H
#define PORTSTEER_HOST_CAPABILITY_H

#include <stdbool.h>
#include "base/error.h"

/* Sets of capabilities to need. */
#define PS_NEED_BPF 0x1
#define PS_NEED_NET_ADMIN 0x2
#define PS_NEED_PERFMON 0x4
#define PS_NEED_ADMIN 0x8 /* to look for programs by number */
#define PS_NEED_LOADING (PS_NEED_BPF | PS_NEED_NET_ADMIN | PS_NEED_PERFMON)

/* Whether one of @needs is missing. */
bool ps_capability_is_missing(unsigned int needs);

/*
 * Like ps_error_errno() for what @needs these capabilities. When @err says that
 * something is not permitted, those that are missing are named; if none is, who
 * else may forbid it.
 */
int ps_capability_error(struct ps_error *error, int err, unsigned int needs, const char *what);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names of reasons, and what became of the packet. Pure.
 */
#ifndef PORTSTEER_BASE_REASON_H
#define PORTSTEER_BASE_REASON_H

#include <portsteer/abi.h>

/* "unbound"; NULL for a number that is no reason. */
const char *ps_reason_name(enum ps_reason reason);

/* One line for people. */
const char *ps_reason_meaning(enum ps_reason reason);

#endif

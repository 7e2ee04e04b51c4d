/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Names of reasons, and what became of the packet. Pure.
 */
#ifndef PORTSTEER_BASE_REASON_H
#define PORTSTEER_BASE_REASON_H

#include <stdbool.h>
#include <portsteer/abi.h>

/* "unbound"; NULL for a number that is no reason. */
const char *ps_reason_name(enum ps_reason reason);

/* One line for people. */
const char *ps_reason_meaning(enum ps_reason reason);

/* Whether programs of that hook can count it at all. */
bool ps_reason_is_possible(enum ps_reason reason, enum ps_hook hook);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A call of bind(2) that a binding forbids, as the table says it. Pure; those
 * that the guard saw are read by attempts.h.
 */
#ifndef PORTSTEER_ATTEMPT_H
#define PORTSTEER_ATTEMPT_H

#include <portsteer/guard.h>
#include "binding.h"

/* What it asked for: one port at one address, or at every address of a family. */
struct ps_endpoint ps_attempt_endpoint(const struct ps_attempt_key *key);

/* @binding, which has the slot of @key, can be the one that forbids it: slots are given again. */
bool ps_attempt_is_of(const struct ps_attempt_key *key, const struct ps_binding *binding);

#endif

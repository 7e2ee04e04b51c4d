/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counting what is lost behind a redirect of XDP: PS_REASON_REDIRECT_LOST. Two
 * programs on tracepoints of the kernel, there while some XDP program is.
 */
#ifndef PORTSTEER_HOOK_LOSS_H
#define PORTSTEER_HOOK_LOSS_H

#include "base/answer.h"
#include "pins/instance.h"

/* Whether both programs are there. */
struct ps_answer ps_loss_is_watched(const struct ps_instance *instance);

/* Counts from now on, by programs of this build. */
int ps_loss_watch(const struct ps_instance *instance, struct ps_error *error);

/* Stops when nothing is attached at XDP any more. */
void ps_loss_tidy(const struct ps_instance *instance);

#endif

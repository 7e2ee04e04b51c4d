/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The mark of a change under way, in `state`. Readers wait for its end, and
 * portsteer_store works only while it is there. What is left unfinished keeps
 * it: the next command that changes something recovers first.
 */
#ifndef PORTSTEER_PINS_PENDING_H
#define PORTSTEER_PINS_PENDING_H

#include "pins/instance.h"

void ps_pending_begin(struct ps_instance *instance);

/* The mark stays when an earlier change of this command could not be finished. */
void ps_pending_end(struct ps_instance *instance);

/* The change is made, but not finished. */
void ps_pending_keep(struct ps_instance *instance);

/* Everything is finished: the mark goes in any case. */
void ps_pending_clear(struct ps_instance *instance);

#endif

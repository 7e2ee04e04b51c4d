/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Growing: an instance gets room for more bindings while packets go through it.
 * Maps that depend on the room are made anew beside it, with the same bindings in
 * the same slots; all others are pinned in both places. Then the directories change
 * places in one step, and the programs of every hook are exchanged for such that
 * read the new maps. Until the last one is, packets meet the old table or the new
 * one, which say the same; each is counted once, by the one that judges it.
 *
 * Killed before the directories change places, the old instance is there, and what
 * lies beside it is swept away; killed behind that, the new one is, and whoever
 * changes it next goes on with the rest (doc/adr/0041).
 */
#ifndef PORTSTEER_GROW_GROW_H
#define PORTSTEER_GROW_GROW_H

#include "pins/instance.h"

/*
 * Gives @instance, which is open to change, room for @wanted bindings, unless it has, or its limit
 * is below: then that is for others to say. After a failure it is as it was; or it has grown, but
 * some hook could not follow: then nothing may be changed before ps_grow_finish() has succeeded,
 * which every command begins with.
 */
int ps_grow(struct ps_instance *instance, size_t wanted, struct ps_error *error);

/* The same of flows that `count` saw, when there is no more room for new ones. */
int ps_grow_flows(struct ps_instance *instance, struct ps_error *error);

/* Ends what was cut short, or takes it away when it had not come far. Usually nothing. */
int ps_grow_finish(struct ps_instance *instance, struct ps_error *error);

#endif

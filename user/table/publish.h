/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Making a draft the generation that packets see, in steps that leave the old
 * table or the new one wherever they are cut short (doc/architecture.md).
 */
#ifndef PORTSTEER_TABLE_PUBLISH_H
#define PORTSTEER_TABLE_PUBLISH_H

#include "table/draft.h"

/*
 * What holds at every moment, whoever is killed and whatever fails. "Seen" is
 * the half `generation & 1` of everything, "the other" the other one.
 *
 * I1  The seen half is whole: whatever it leads to (elements, seats, entries,
 *     lists, targets, names of sockets, devices) is there, and says what that
 *     generation is to do. No part of it is written, except by I2. Which sockets
 *     a name stands for is of no generation (doc/adr/0023).
 * I2  One store of `generation` publishes: it is behind every store to the half
 *     that it makes the seen one, and a packet reads it once.
 * I3  An element of `bindings` is inserted, stored in place word by word, and
 *     deleted; it is never updated, or packets would meet another's (doc/adr/0003).
 * I4  What a packet of the generation before may have found (elements, seats,
 *     slots, lists, targets) is not deleted, left or given away until a grace
 *     period is over.
 * I5  A slot has one binding. Its counters are cleared before that is published,
 *     and are not touched while the binding stays.
 * I6  An element is a binding in a generation when it has an action in its half,
 *     and was not inserted for the next one: ps_record_is_live(). A seat is there
 *     only while its element is.
 * I7  A bit of `bound` is set while either half has an entry for its port.
 * I8  Names and owners have no halves. A name is written when its generation is the
 *     seen one; until then it is pinned in `renames`, with the number of that. An
 *     owner is written before, and goes behind (doc/adr/0020).
 * I9  While anything besides the seen half may differ from it, the mark `pending` is
 *     set: before the first store, until after the last.
 * I10 All else follows from the seen half and from `renames`, so that recovering
 *     is the same at whichever step a change was interrupted, and may be cut short
 *     itself. When the mark is gone, both halves are equal and `shapes`, `slots`
 *     and all counts agree with the bindings.
 * I11 What fails before I2 leaves the old table in force, what fails behind it the
 *     new one; and the exit status says which.
 */

/*
 * After a failure the old table is in force; or the new one, when only its
 * recovering failed, which the next command does then.
 */
int ps_publish(struct ps_instance *instance, struct ps_draft *draft, struct ps_error *error);

/*
 * Brings everything into agreement with what packets see now, and removes what
 * a kill left. Does nothing when no change was cut short. Every command that changes begins with
 * it.
 */
int ps_recover(struct ps_instance *instance, struct ps_error *error);

/* The same when nothing is known to have been cut short: everything is counted anew. */
int ps_recover_anew(struct ps_instance *instance, struct ps_error *error);

#endif

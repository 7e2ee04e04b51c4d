/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The lock between commands that change something: flock(2) on a directory
 * within what it protects. Nobody but the owner may open that directory, so
 * who may only read cannot keep others from changing (doc/adr/0012).
 *
 * There are three: B in the directory of all instances, I in that of an
 * instance, T (instance/trial_mark.h) of a change on trial.
 *
 *                                B         I         T         mark of pending.h
 *  make an instance              held      fresh     -         -
 *  sweep what kills left of one  tried     -         -         -
 *  change table, hooks, sockets  -         held      -         held while it changes
 *  change guard, reserved ports  -         held      -         -
 *  let it grow                   -         held, both -        held
 *  move one of ABI 1             held      held, both tried    held
 *  take an instance away         held      held      -         -
 *  read it                       -         (held)    -         waited for, a second at most
 *  watch it                      -         (held)    -         waited for, with each reading
 *  a change on trial: waiting    -         -         held      -
 *    its end                     -         held      held      as any change
 *    look whether it lives       -         any       tried     -
 *  packets                       -         -         -         -
 *  portsteer_store               -         its runner's        does nothing without it
 *
 * Held: from the first look to the last store; fresh: of a directory that nobody
 * sees yet; tried: never waited for; (held): only after it could not be read a
 * few times, by who may. I is taken before B to take an instance away; who has B
 * waits for no other I. What is read under no lock is good only when its
 * generation is the same before and after (instance/snapshot.h).
 */
#ifndef PORTSTEER_PINS_LOCK_H
#define PORTSTEER_PINS_LOCK_H

#include "base/error.h"

#define PS_LOCK_NAME "%lock" /* no instance has such a name, see ps_bpffs_escape() */

/*
 * Locks the directory @path, waiting at most @seconds; closing *@ret_fd unlocks
 * it. PS_EXIT_NOT_FOUND when there is no such directory, PS_EXIT_LOCKED when
 * somebody else keeps the lock.
 */
int ps_lock_take(const char *path, int seconds, int *ret_fd, struct ps_error *error);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The lock between commands that change something: flock(2) on a directory
 * within what it protects. Nobody but the owner may open that directory, so
 * who may only read cannot keep others from changing (doc/adr/0012).
 */
#ifndef PORTSTEER_LOCK_H
#define PORTSTEER_LOCK_H

#include "error.h"

#define PS_LOCK_NAME "%lock" /* no instance has such a name, see ps_bpffs_escape() */

/*
 * Locks the directory @path, waiting at most @seconds; closing *@ret_fd unlocks
 * it. PS_EXIT_NOT_FOUND when there is no such directory, PS_EXIT_LOCKED when
 * somebody else keeps the lock.
 */
int ps_lock_take(const char *path, int seconds, int *ret_fd, struct ps_error *error);

#endif

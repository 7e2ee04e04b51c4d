/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How far a long step is, for whoever wants to know. Pure: a step says what it
 * did, and knows nobody.
 */
#ifndef PORTSTEER_BASE_PROGRESS_H
#define PORTSTEER_BASE_PROGRESS_H

#include <stddef.h>

/* @done: of the step that is watched. */
typedef void (*ps_progress_see)(size_t done);

/* From now on @see is called, of a step that begins; NULL: nobody is. */
void ps_progress_watch(ps_progress_see see);

/* So much more is done: bytes read, bindings written. Some thousands at a time. */
void ps_progress_add(size_t count);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Time, for what has a limit: of the clock that nobody sets. Pure.
 */
#ifndef PORTSTEER_BASE_CLOCK_H
#define PORTSTEER_BASE_CLOCK_H

/* Milliseconds of CLOCK_MONOTONIC. */
long ps_clock_ms(void);

/* Sleeps for a few of them. */
void ps_clock_nap(void);

#endif

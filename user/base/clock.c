// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Time. See clock.h.
 */
#include <time.h>
#include "base/clock.h"

long ps_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void ps_clock_nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

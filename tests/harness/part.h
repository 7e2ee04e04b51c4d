/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which part of a long list of tests a run tries: all of it with LONG=1, else
 * each Nth, from one on that SEED chooses, without it the clock.
 */
#ifndef PORTSTEER_TESTS_PART_H
#define PORTSTEER_TESTS_PART_H

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

static inline unsigned int part_seed(void)
{
	static unsigned int number;
	const char *seed = getenv("SEED");

	if (!number)
		number = seed ? (unsigned int)atoi(seed) : (unsigned int)time(NULL);
	return number;
}

static inline bool part_has(size_t index, size_t of)
{
	return getenv("LONG") || index % of == part_seed() % of;
}

#endif

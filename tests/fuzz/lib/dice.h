/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Random numbers that a seed repeats: xorshift64*, one state for each user.
 */
#ifndef PORTSTEER_FUZZ_DICE_H
#define PORTSTEER_FUZZ_DICE_H

#include <linux/types.h>

struct dice {
	__u64 state;
};

static inline struct dice dice_of(__u64 seed)
{
	return (struct dice){ .state = (seed + 1) * 0x9e3779b97f4a7c15ULL | 1 };
}

/* 0 to @sides - 1. */
static inline unsigned int dice_roll(struct dice *dice, unsigned int sides)
{
	dice->state ^= dice->state >> 12;
	dice->state ^= dice->state << 25;
	dice->state ^= dice->state >> 27;
	return (unsigned int)((dice->state * 0x2545f4914f6cdd1dULL) >> 33) % sides;
}

#define DICE_PICK(dice, array) ((array)[dice_roll(dice, sizeof(array) / sizeof((array)[0]))])

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Slots of counters as bits, 64 to a word. Pure.
 */
#ifndef PORTSTEER_TABLE_SLOT_H
#define PORTSTEER_TABLE_SLOT_H

#include <linux/types.h>

/* Takes the lowest free slot from *@from on, which is moved behind it. Below @max, or -1. */
static inline long ps_slot_take(__u64 *slots, __u32 max, __u32 *from)
{
	while (*from < max) {
		__u64 free_bits = ~slots[*from / 64] & ~0ULL << *from % 64;

		if (!free_bits) {
			*from = (*from / 64 + 1) * 64;
			continue;
		}
		*from = *from / 64 * 64 + (__u32)__builtin_ctzll(free_bits);
		if (*from >= max)
			break;
		slots[*from / 64] |= 1ULL << *from % 64;
		return (*from)++;
	}
	return -1;
}

static inline void ps_slot_mark(__u64 *slots, __u32 slot)
{
	slots[slot / 64] |= 1ULL << slot % 64;
}

static inline void ps_slot_release(__u64 *slots, __u32 slot)
{
	slots[slot / 64] &= ~(1ULL << slot % 64);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The order in which one CPU sees what another has stored. Branches do not order
 * reads on arm64; an address that contains what was read before does, and so
 * does an atomic that answers. Which is where, and why: doc/adr/0040.
 */
#ifndef PORTSTEER_ORDER_H
#define PORTSTEER_ORDER_H

#include "reasons.h"

/* 0, which the processor learns only with @read: at an address that contains it is read later. */
static __always_inline __u32 ps_after(__u64 read)
{
	__asm__ volatile("%0 &= 0" : "+r"(read));
	return (__u32)read;
}

/* All reads and stores before come before all behind: a fetching atomic is a full barrier. */
static __always_inline void ps_barrier(void)
{
	__u64 here = 0;

	here = __sync_fetch_and_add(&here, 1);
	__asm__ volatile("" : : "r"(here) : "memory");
}

#endif

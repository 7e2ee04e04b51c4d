// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Times of pcapng, which count any part of a second. See capture_read.h.
 */
#include "frame/internal.h"

#define BINARY 0x80 /* of if_tsresol: a power of 2, else of 10 */
#define NANO 1000000000ULL
#define DECIMAL_MAX 19 /* powers that 64 bits hold */
#define BINARY_MAX 63

static __u64 power(__u64 base, unsigned int exponent)
{
	__u64 result = 1;

	while (exponent--)
		result *= base;
	return result;
}

/* How many ticks a second has, or 0: more than can be counted. */
static __u64 rate_of(__u8 resolution)
{
	unsigned int exponent = resolution & ~BINARY;

	if (resolution & BINARY)
		return exponent <= BINARY_MAX ? 1ULL << exponent : 0;
	return exponent <= DECIMAL_MAX ? power(10, exponent) : 0;
}

void ps_capture_set_time(const struct ps_capture_interface *interface, __u64 ticks,
			 struct ps_captured *ret)
{
	__u64 rate = rate_of(interface->resolution);

	ret->has_time = true;
	ret->seconds = interface->offset;
	ret->nanoseconds = 0;
	if (!rate)
		return;
	ret->seconds = (__s64)((__u64)interface->offset + ticks / rate);
	ret->nanoseconds = (__u32)((unsigned __int128)(ticks % rate) * NANO / rate);
}

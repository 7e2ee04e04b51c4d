// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Buckets of the kernel's hash. See bucket.h. The function is Bob Jenkins' lookup3
 * over words of 32 bits, as hash maps use it: jhash2() of 6.4 and later, which on
 * machines with the low byte first is jhash() of earlier kernels.
 */
#include <string.h>
#include "base/memory.h"
#include "table/bucket.h"

#define START 0xdeadbeefU /* of every hash, to which the length of the key is added */
#define WORDS (sizeof(struct ps_endpoint) / sizeof(__u32))

/* Halves of the number of a bucket, each sorted by in one pass. */
#define DIGIT_BITS 13
#define DIGITS (1U << DIGIT_BITS)

static __u32 rotated(__u32 word, int bits)
{
	return word << bits | word >> (32 - bits);
}

/* Three words of the key were added: each now depends on all of them. */
static void mix(__u32 state[3])
{
	static const int turns[6] = { 4, 6, 8, 16, 19, 4 };

	for (int i = 0; i < 6; i++) {
		__u32 *a = &state[i % 3], *b = &state[(i + 1) % 3], *c = &state[(i + 2) % 3];

		*a -= *c;
		*a ^= rotated(*c, turns[i]);
		*c += *b;
	}
}

/* The last words were added: every bit of the last one now depends on every bit. */
static void finish(__u32 state[3])
{
	static const int turns[7] = { 14, 11, 25, 16, 4, 14, 24 };

	for (int i = 0; i < 7; i++) {
		__u32 *to = &state[(i + 2) % 3], *from = &state[(i + 1) % 3];

		*to ^= *from;
		*to -= rotated(*from, turns[i]);
	}
}

__u32 ps_bucket_hash(const struct ps_endpoint *endpoint)
{
	__u32 start = START + (__u32)sizeof(*endpoint), word[WORDS];
	__u32 state[3] = { start, start, start };

	_Static_assert(WORDS == 6, "three words to mix, three to finish");
	memcpy(word, endpoint, sizeof(word));
	for (int i = 0; i < 3; i++)
		state[i] += word[i];
	mix(state);
	for (int i = 0; i < 3; i++)
		state[i] += word[3 + i];
	finish(state);
	return state[2];
}

/* The kernel makes a power of two of them. */
static __u32 mask_of(__u32 max_entries)
{
	__u32 mask = 1;

	while (mask < max_entries && mask << 1)
		mask <<= 1;
	return mask - 1;
}

struct numbered {
	__u32 bucket;
	__u32 number;
};

/* One pass of a radix sort, by the digit of the bucket above @shift. */
static void sort_digit(const struct numbered *from, size_t count, int shift, struct numbered *ret)
{
	PS_FREED size_t *begin = ps_memory_new(DIGITS + 1, sizeof(*begin));

	for (size_t i = 0; i < count; i++)
		begin[(from[i].bucket >> shift & (DIGITS - 1)) + 1]++;
	for (size_t digit = 1; digit < DIGITS; digit++)
		begin[digit] += begin[digit - 1];
	for (size_t i = 0; i < count; i++)
		ret[begin[from[i].bucket >> shift & (DIGITS - 1)]++] = from[i];
}

__u32 *ps_bucket_order(const struct ps_endpoint *first, size_t step, size_t count,
		       __u32 max_entries)
{
	PS_FREED struct numbered *one = ps_memory_new(count, sizeof(*one));
	PS_FREED struct numbered *other = ps_memory_new(count, sizeof(*other));
	__u32 mask = mask_of(max_entries), *order = ps_memory_new(count, sizeof(*order));
	const char *at = (const char *)first;

	for (size_t i = 0; i < count; i++, at += step)
		one[i] = (struct numbered){
			ps_bucket_hash((const struct ps_endpoint *)at) & mask,
			(__u32)i,
		};
	sort_digit(one, count, 0, other);
	sort_digit(other, count, DIGIT_BITS, one);
	for (size_t i = 0; i < count; i++)
		order[i] = one[i].number;
	return order;
}

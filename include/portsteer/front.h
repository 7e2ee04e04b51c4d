/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The layout of `front`, where packets look for a binding before they ask the
 * hash `bindings`: lines of one cache line, four seats each, at two places that
 * follow from the endpoint: a bucketised hash with two choices, whose buckets
 * are lines and whose entries are seats. Kernel and user space find seats by this code.
 *
 * A seat is a key and a word of the same index. IPv4 needs one; IPv6 needs
 * two, of which the first has an even index and the second holds what is left
 * of the address. Seats are for one address or prefix, and one port or any
 * port; ranges have none. What finds no seat is in the hash alone.
 */
#ifndef PORTSTEER_FRONT_H
#define PORTSTEER_FRONT_H

#include <portsteer/abi.h>

#define PS_INLINE static inline __attribute__((always_inline))

#define PS_BUCKET_ENTRIES 4

/* Element of `front`. */
struct ps_bucket {
	__u64 key[PS_BUCKET_ENTRIES]; /* head of a struct ps_entry_key, or rest of the one before;
					 0: free */
	__u64 word[PS_BUCKET_ENTRIES]; /* see ps_entry_word(); or low of the one before */
};

/* Set in word[0] of a line for good: what else to ask before saying no. */
#define PS_BUCKET_SECOND (1ULL << 62) /* the other line */
#define PS_BUCKET_HASH (1ULL << 63) /* the hash */
#define PS_BUCKET_FLAGS (PS_BUCKET_SECOND | PS_BUCKET_HASH)

struct ps_entry_key {
	/* address, folded: 32 bits; port, 0 is any: 16; prefix length: 8; family and protocol: 8 */
	__u64 head;
	__u64 rest, low; /* of an IPv6 address, else 0; of rest the upper half is 0 */
};

#define PS_SPARE_BUCKETS 4096 /* beyond need, in each table */

/*
 * How many lines a table of @bindings gets: a quarter more seats than IPv4 needs,
 * and in small tables so many that even IPv6 finds its seats in the first line.
 */
PS_INLINE __u32 ps_front_buckets(__u32 bindings)
{
	return bindings / 16 * 5 + PS_SPARE_BUCKETS;
}

PS_INLINE struct ps_entry_key ps_entry_key(enum ps_family family, enum ps_proto proto,
					   __u8 prefix_len, __u16 port, __u64 addr0, __u64 addr1)
{
	__u64 tail = (__u64)(family << 4 | proto) << 24 | (__u64)prefix_len << 16 | port;
	struct ps_entry_key key = { .head = tail << 32 | (__u32)(addr0 ^ addr0 >> 32) };

	if (family == PS_IPV6) {
		key.rest = addr0 >> 32;
		key.low = addr1;
	}
	return key;
}

PS_INLINE __u64 ps_entry_hash(const struct ps_entry_key *key)
{
	__u64 hash = key->head * 0x9e3779b97f4a7c15ULL;

	if (key->rest | key->low)
		hash ^= (key->low ^ key->rest << 32 ^ key->low >> 29) * 0xc2b2ae3d27d4eb4fULL;
	hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93ULL;
	return hash ^ hash >> 32;
}

/* The two lines that may have it, below @lines. They can be the same. */
PS_INLINE __u32 ps_bucket_first(__u64 hash, __u32 lines)
{
	return (__u32)((hash >> 32) * lines >> 32);
}

PS_INLINE __u32 ps_bucket_second(__u64 hash, __u32 lines)
{
	return (__u32)((hash & 0xffffffff) * lines >> 32);
}

/* The word of the seat of @key in @line, or NULL. */
PS_INLINE __u64 *ps_bucket_find(struct ps_bucket *line, const struct ps_entry_key *key, int is_ipv6)
{
#pragma GCC unroll 4
	for (int i = 0; i < PS_BUCKET_ENTRIES; i += is_ipv6 ? 2 : 1) {
		if (line->key[i] != key->head)
			continue;
		if (!is_ipv6 || (line->key[i + 1] == key->rest && line->word[i + 1] == key->low))
			return &line->word[i];
	}
	return (__u64 *)0;
}

/*
 * A seat's word: what each half does, and the slot. One store changes one
 * half's action under packets; the other bits of a seat in use stay. A port's
 * entry of `directory` has its act where this has that of half 0, and its slot
 * where this has it: what reads one reads the other.
 */
#define PS_ACT_BITS 19 /* action: 4, flags: 3, target: 12 */
#define PS_ACT_MASK ((1ULL << PS_ACT_BITS) - 1)
#define PS_ACT_FLAGS_SHIFT 4
#define PS_ACT_TARGET_SHIFT 7
#define PS_SLOT_SHIFT (2 * PS_ACT_BITS)
#define PS_SLOT_BITS 24

PS_INLINE __u32 ps_act_bits(struct ps_act act)
{
	return (__u32)act.target << PS_ACT_TARGET_SHIFT | (__u32)act.flags << PS_ACT_FLAGS_SHIFT |
	       act.action;
}

PS_INLINE struct ps_act ps_entry_act(__u64 word, __u32 half)
{
	__u32 bits = word >> half * PS_ACT_BITS & PS_ACT_MASK;
	struct ps_act act = {
		.action = (enum ps_action)(bits & 15),
		.flags = (__u8)(bits >> PS_ACT_FLAGS_SHIFT & 7),
		.target = (__u16)(bits >> PS_ACT_TARGET_SHIFT),
	};

	return act;
}

PS_INLINE __u32 ps_entry_slot(__u64 word)
{
	return word >> PS_SLOT_SHIFT & ((1U << PS_SLOT_BITS) - 1);
}

/* @word with the action of @half replaced. */
PS_INLINE __u64 ps_entry_word(__u64 word, __u32 half, struct ps_act act)
{
	int shift = (int)half * PS_ACT_BITS;

	return (word & ~(PS_ACT_MASK << shift)) | (__u64)ps_act_bits(act) << shift;
}

_Static_assert(sizeof(struct ps_bucket) == 64, "one cache line");
_Static_assert(PS_BINDINGS_MAX <= 1 << PS_SLOT_BITS, "slots fit a seat's word");
_Static_assert(PS_SLOT_SHIFT + PS_SLOT_BITS == 62, "what is above are the line's flags");
_Static_assert(PS_TARGETS_MAX <= 1 << 12, "targets fit a seat's word");

#endif
